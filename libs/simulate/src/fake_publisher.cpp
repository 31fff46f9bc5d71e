#include "waybill/simulate/fake_publisher.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include "broker_state.hpp"

namespace waybill::simulate {

using message::Outcome;

FakePublisher::FakePublisher(std::shared_ptr<Connection> connection) : connection_(std::move(connection)) {}
FakePublisher::~FakePublisher() { connection_->cut(false); }

void FakePublisher::publish(message::Publication publication, Done done) {
  connection_->publish(std::move(publication), std::move(done));
}
void FakePublisher::cut() { connection_->cut(true); }
std::size_t FakePublisher::under_way() const { return connection_->under_way.size(); }

/// Behind whatever this connection has sent before, unless it is late.
base::SteadyTime FakePublisher::Connection::arrival_of(const std::string& key) {
  auto& history = broker->history;
  const auto now = history.time.now();
  auto at = std::max(now + broker->one_way(), last_arrival);
  std::erase_if(late_keys, [&](const auto& late) { return late.second < now; });
  const auto late =
      std::ranges::find_if(late_keys, [&](const auto& each) { return !key.empty() && each.first == key; });
  if (late != late_keys.end()) at = late->second = std::max(at, late->second);
  if (history.dice.strikes(broker->faults.delays)) {
    at += std::chrono::milliseconds{history.dice.between(1, broker->times.longest_delay.count())};
    if (late != late_keys.end()) {
      late->second = at;
    } else if (!key.empty()) {
      late_keys.emplace_back(key, at);
    }
    history.story.tell(name, ": a message is delayed");
  } else if (late == late_keys.end()) {
    last_arrival = at;
  }
  return at;
}

void FakePublisher::Connection::publish(message::Publication publication, Done done) {
  auto& dice = broker->history.dice;
  const auto& faults = broker->faults;
  auto message = std::make_shared<UnderWay>();
  message->publication = std::make_shared<const message::Publication>(std::move(publication));
  message->done = std::move(done);
  under_way.push_back(message);
  std::optional<Outcome> instead;
  if (dice.strikes(faults.never_sends)) {
    message->is_lost = true;
    instead = message::Unknown{"there was no connection", false};
  } else if (dice.strikes(faults.loses_publishes)) {
    message->is_lost = true;
    instead = message::Unknown{"it was lost on the way"};
  } else if (dice.strikes(faults.nacks)) {
    message->is_lost = true;
    instead = message::Nacked{};
  } else if (dice.strikes(faults.loses_confirms)) {
    instead = message::Unknown{"its confirm was lost"};
  }
  if (dice.strikes(faults.doubles)) message->times_over = 2;
  message->arrives_at = arrival_of(broker->key_of(message->publication->message));
  arrive_later(message, instead);
  if (dice.strikes(faults.cuts)) cut(true);
}

void FakePublisher::Connection::arrive_later(const std::shared_ptr<UnderWay>& message,
                                             const std::optional<Outcome>& instead) {
  broker->history.time.at(message->arrives_at, [self = shared_from_this(), message, instead] {
    // A cut has put it off.
    if (message->arrives_at > self->broker->history.time.now()) return self->arrive_later(message, instead);
    self->arrive(message, instead);
  });
}

void FakePublisher::Connection::arrive(const std::shared_ptr<UnderWay>& message,
                                       const std::optional<Outcome>& instead) {
  auto& history = broker->history;
  Outcome outcome = message::Confirmed{};
  if (!message->is_lost && !broker->take(message->publication, message->times_over)) {
    outcome = message::Returned{312, "NO_ROUTE"};
  } else if (instead) {
    outcome = *instead;
  }
  if (!message->done) return;
  history.time.after(broker->one_way(),
                     [self = shared_from_this(), message, outcome] { self->answer(message, outcome); });
}

void FakePublisher::Connection::answer(const std::shared_ptr<UnderWay>& message, Outcome outcome) {
  if (!message->done) return;
  std::erase(under_way, message);
  const auto done = std::exchange(message->done, nullptr);
  if (!message::is_confirmed(outcome)) {
    broker->history.story.tell(name, ": a publish ends ", [&] { return message::to_string(outcome); });
  }
  done(outcome);
}

void FakePublisher::Connection::cut(bool is_told) {
  if (under_way.empty()) return;
  auto& history = broker->history;
  history.story.tell(name, ": the connection is cut, with ", under_way.size(), " messages under way");
  // What was sent is a stream: it gets through up to some message, all of it late or none.
  const auto open = under_way;
  auto gets_through = history.dice.below(open.size() + 1);
  const auto longest = broker->times.longest_delay.count();
  const auto later =
      std::chrono::milliseconds{history.dice.chance(50) ? 0 : history.dice.between(1, longest)};
  for (const auto& message : open) {
    if (message->arrives_at > history.time.now()) {
      if (gets_through == 0) message->is_lost = true;
      message->arrives_at += later;
    }
    if (gets_through > 0) --gets_through;
    if (!is_told) {
      message->done = nullptr;
      continue;
    }
    history.time.after(std::chrono::nanoseconds{0}, [self = shared_from_this(), message] {
      self->answer(message, message::Unknown{"the connection was cut"});
    });
  }
  if (!is_told) under_way.clear();
}

}  // namespace waybill::simulate
