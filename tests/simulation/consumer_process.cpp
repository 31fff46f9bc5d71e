#include "consumer_process.hpp"

#include <algorithm>
#include <utility>

namespace waybill::simulation {

using namespace std::chrono_literals;
using simulate::CommitEnd;

namespace {

/// A message has ended its process.
struct Killed {};

base::Uuid uuid_of(std::int64_t number) {
  auto bytes = base::Uuid::Bytes{};
  for (std::size_t byte = 0; byte < 8; ++byte) {
    bytes[15 - byte] = static_cast<std::uint8_t>(static_cast<std::uint64_t>(number) >> (8 * byte));
  }
  return base::Uuid(bytes);
}

}  // namespace

ConsumerProcess::ConsumerProcess(simulate::History& history, simulate::FakeBroker& broker, Database& database,
                                 Natures& natures, message::Queue queue, std::string name, Mistake mistake,
                                 Reply reply)
    : history_(history),
      broker_(broker),
      database_(database),
      natures_(natures),
      queue_(std::move(queue)),
      name_(std::move(name)),
      mistake_(mistake),
      reply_(std::move(reply)) {
  start();
}

void ConsumerProcess::step_after(std::chrono::milliseconds duration) {
  history_.time.call_off(next_step_);
  next_step_ = history_.time.after(std::max(duration, std::chrono::milliseconds{1}), [this] { step(); });
}

void ConsumerProcess::start() {
  transaction_.reset();
  machine_ = std::make_unique<inbox::ConsumerMachine>(
      inbox::ConsumerMachine::Limits{.crashes = crashes, .give_back_after = 30ms, .rest = {10ms, 10ms, 1.0}},
      history_.dice.draw());
  forget_begun();
  hand_.clear();
  life_ = database_.store.next_id();
  consume();
  step_after(0ms);
}

void ConsumerProcess::consume() {
  consumer_ = broker_.consumer(name_, queue_, 4);
  consumer_->when_ready([this] { step_after(0ms); });
}

void ConsumerProcess::die(bool by_a_message) {
  history_.story.tell(name_, " dies");
  if (!by_a_message) {
    for (const auto place : begun_) ++natures_[hand_[place].number].suspected;
  }
  start();
}

void ConsumerProcess::step() {
  if (history_.dice.strikes(2)) return die(false);
  if (consumer_ && history_.dice.strikes(1)) consumer_->cut();
  auto action = machine_->next(now());
  std::visit([this](const auto& what) { perform(what); }, action);
}

void ConsumerProcess::perform(const inbox::act::Receive&) {
  forget_begun();
  hand_.clear();
  std::vector<inbox::ConsumerMachine::Card> cards;
  for (auto& delivery : consumer_->receive(3)) {
    const auto attempt = std::get<std::int64_t>(*message::find_header(delivery.message.headers, "attempt"));
    const auto number = std::stoll(delivery.message.message_id);
    history_.story.tell(name_, " takes message ", number, ", attempt ", attempt,
                        delivery.redelivered ? ", redelivered" : "");
    cards.push_back(
        {uuid_of(number), 1, static_cast<std::uint32_t>(attempt), delivery.redelivered, false, false});
    hand_.push_back({std::move(delivery), number, cards.back().attempt});
  }
  machine_->on_received(cards);
  // Where there is nothing, the consumer calls.
  if (!hand_.empty()) step_after(0ms);
}

void ConsumerProcess::perform(const inbox::act::Begin& begin) {
  auto& held = hand_[begin.place];
  std::uint32_t count = 0;
  const auto end = database_.store.transact([&] {
    if (mistake_ == Mistake::notes_no_beginning) return;
    const auto* row = database_.attempts.find(held.number);
    auto noted = row == nullptr ? Database::Attempt{held.attempt, {}} : *row;
    if (noted.attempt > held.attempt) return;
    noted.begun_by.insert(life_);
    count = static_cast<std::uint32_t>(noted.begun_by.size());
    database_.attempts.put(held.number, noted);
  });
  // It may have been noted already, and copies that two begin at a time cannot be told from an end.
  if (end == CommitEnd::in_doubt || end == CommitEnd::committed) note_begun(begin.place);
  if (end == CommitEnd::committed) {
    held.is_crash = count > crashes;
    machine_->on_begun(begin.place, count);
  } else {
    machine_->on_unavailable(now());
  }
  step_after(1ms);
}

void ConsumerProcess::note_begun(std::size_t place) {
  if (!begun_.insert(place).second) return;
  auto& nature = natures_[hand_[place].number];
  if (++nature.at_work > 1) ++nature.suspected;
}

void ConsumerProcess::forget_begun() {
  for (const auto place : begun_) --natures_[hand_[place].number].at_work;
  begun_.clear();
}

/// The transaction begins, and takes the ids of what will be sent; it is committed a little later.
void ConsumerProcess::perform(const inbox::act::Run& run) {
  if (mistake_ == Mistake::acknowledges_before_the_commit) settle(run.places);
  transaction_.emplace(database_.store.begin());
  reply_ids_.clear();
  for (std::size_t i = 0; i < run.places.size(); ++i) reply_ids_.push_back(database_.store.next_id());
  const auto takes = history_.dice.strikes(3) ? history_.dice.between(50, 400) : history_.dice.between(1, 3);
  history_.time.call_off(next_step_);
  next_step_ = history_.time.after(std::chrono::milliseconds{takes}, [this, places = run.places] {
    if (history_.dice.strikes(3)) return die(false);
    commit(places);
  });
}

void ConsumerProcess::commit(const inbox::Places& places) {
  std::vector<End> ends(places.size(), End::unfinished);
  auto transaction = std::exchange(transaction_, std::nullopt);
  transaction->then([&] {
    for (std::size_t i = 0; i < places.size(); ++i) ends[i] = handle(hand_[places[i]], reply_ids_[i]);
  });
  CommitEnd end{};
  try {
    end = transaction->commit();
  } catch (const Killed&) {
    return die(true);
  }
  transaction.reset();
  if (history_.dice.strikes(3)) return die(false);
  after_run(places, end, std::move(ends));
}

/// What one message does in a transaction.
ConsumerProcess::End ConsumerProcess::handle(const Held& held, std::int64_t reply_id) {
  const auto* row = database_.attempts.find(held.number);
  const bool looks = mistake_ != Mistake::dedupes_the_redelivered_only || held.delivery.redelivered;
  const bool is_seen = looks && database_.inbox.contains(held.number);
  const bool is_stale = row != nullptr && row->attempt > held.attempt;
  if (!is_seen && !is_stale) {
    const auto& nature = natures_[held.number];
    if (nature.kills) throw Killed{};
    if (held.attempt <= nature.throws) return End::failed;
    history_.story.tell(name_, " handles message ", held.number);
    if (mistake_ != Mistake::notes_it_handled_in_a_transaction_of_its_own) {
      database_.inbox.put(held.number, held.attempt);
    }
    const auto& wire = held.delivery.message;
    database_.effects.insert(database_.effects.rows().size(), {held.number, wire.correlation_id});
    if (mistake_ != Mistake::replies_in_a_transaction_of_its_own) {
      if (auto reply = reply_(wire)) database_.add(reply_id, *std::move(reply));
    }
  }
  if (row != nullptr && !is_stale) database_.attempts.erase(held.number);
  return End::over;
}

void ConsumerProcess::after_run(const inbox::Places& places, CommitEnd end, std::vector<End> ends) {
  if (end == CommitEnd::in_doubt) {
    const bool is_believed = mistake_ == Mistake::takes_in_doubt_for_committed;
    std::ranges::replace(ends, End::over, is_believed ? End::over : End::in_doubt);
  } else if (end != CommitEnd::committed) {
    std::ranges::fill(ends, End::unfinished);
  }
  const bool is_apart = mistake_ == Mistake::replies_in_a_transaction_of_its_own ||
                        mistake_ == Mistake::notes_it_handled_in_a_transaction_of_its_own;
  if (is_apart && end == CommitEnd::committed) {
    database_.store.transact([&] {
      for (std::size_t i = 0; i < places.size(); ++i) {
        const auto& held = hand_[places[i]];
        if (ends[i] != End::over || !natures_.contains(held.number)) continue;
        database_.inbox.put(held.number, held.attempt);
        if (mistake_ == Mistake::notes_it_handled_in_a_transaction_of_its_own) continue;
        if (auto reply = reply_(held.delivery.message)) database_.add(reply_ids_[i], *std::move(reply));
      }
    });
  }
  for (std::size_t i = 0; i < places.size(); ++i) {
    if (ends[i] == End::over && begun_.erase(places[i]) > 0) --natures_[hand_[places[i]].number].at_work;
  }
  machine_->on_ran(places, ends, now());
  if (history_.dice.chance(50)) database_.wake();
  step_after(1ms);
}

/// The attempt ends, and what follows from that is written, if it still counted.
void ConsumerProcess::decide(const Held& held) {
  const auto* row = database_.attempts.find(held.number);
  if (mistake_ != Mistake::advances_no_attempt) {
    if (database_.inbox.contains(held.number) || (row != nullptr && row->attempt > held.attempt)) return;
    database_.attempts.put(held.number, {held.attempt + 1, {}});
  }
  message::Publication next{{{}, message::RoutingKey{queue_.value()}}, held.delivery.message};
  if (!held.is_crash && held.attempt < attempts) {
    history_.story.tell(name_, " will try message ", held.number, " again");
    next.message.headers = {{"attempt", std::int64_t{held.attempt} + 1}};
    database_.scheduled.insert(database_.store.next_id(), {now() + 20ms, std::move(next)});
    return;
  }
  history_.story.tell(name_, " gives message ", held.number, " up");
  next.to.routing_key = message::RoutingKey{queue_.value() + ".dlq"};
  const auto* written = database_.dead_letters.find(held.number);
  database_.dead_letters.put(held.number, written == nullptr ? 1 : *written + 1);
  database_.add(database_.store.next_id(), std::move(next));
}

void ConsumerProcess::perform(const inbox::act::Record& record) {
  if (mistake_ == Mistake::acknowledges_before_a_failure_is_recorded) settle(record.places);
  if (history_.dice.strikes(3)) return die(false);
  const auto end = database_.store.transact([&] {
    for (const auto place : record.places) decide(hand_[place]);
  });
  if (history_.dice.strikes(3)) return die(false);
  if (end == CommitEnd::committed) {
    machine_->on_recorded(record.places);
  } else {
    machine_->on_unavailable(now());
  }
  step_after(1ms);
}

void ConsumerProcess::settle(const inbox::Places& places) {
  std::vector<message::DeliveryTag> tags;
  for (const auto place : places) tags.push_back(hand_[place].delivery.tag);
  if (consumer_) consumer_->settle(tags, message::Settlement::ack);
}

void ConsumerProcess::perform(const inbox::act::Settle& settle) {
  this->settle(settle.places);
  machine_->on_settled(settle.places);
  step_after(0ms);
}

void ConsumerProcess::perform(const inbox::act::Sleep& sleep) { step_after(sleep.duration); }

/// Until the database is there again: then the notes are taken back, and the queue is consumed anew.
void ConsumerProcess::perform(const inbox::act::GiveBack& give_back) {
  if (consumer_) history_.story.tell(name_, " gives back");
  consumer_.reset();
  const auto end = database_.store.transact([&] {
    for (const auto place : give_back.begun) {
      const auto* row = database_.attempts.find(hand_[place].number);
      if (row == nullptr) continue;
      auto noted = *row;
      noted.begun_by.erase(life_);
      database_.attempts.put(hand_[place].number, std::move(noted));
    }
  });
  if (end != CommitEnd::committed) return step_after(10ms);
  consume();
  machine_->on_given_back();
  forget_begun();
  hand_.clear();
  step_after(0ms);
}

}  // namespace waybill::simulation
