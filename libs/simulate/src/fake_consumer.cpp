#include "waybill/simulate/fake_consumer.hpp"

#include <algorithm>
#include <ranges>
#include <utility>

#include "broker_state.hpp"

namespace waybill::simulate {

FakeConsumer::FakeConsumer(std::shared_ptr<Connection> connection) : connection_(std::move(connection)) {}
FakeConsumer::~FakeConsumer() {
  connection_->is_ready = nullptr;
  connection_->is_dead = true;
  connection_->cut(false);
}

std::vector<message::Delivery> FakeConsumer::receive(std::size_t most) { return connection_->receive(most); }
void FakeConsumer::when_ready(std::function<void()> is_ready) { connection_->is_ready = std::move(is_ready); }
std::size_t FakeConsumer::settle(std::span<const message::DeliveryTag> tags, message::Settlement settlement) {
  return connection_->settle(tags, settlement);
}
void FakeConsumer::cut() { connection_->cut(true); }
bool FakeConsumer::is_connected() const { return connection_->is_connected; }

void FakeConsumer::Connection::connect() {
  session = ++broker->last_session;
  last_number = 0;
  is_connected = true;
  queue->consumers.push_back(this);
  broker->dispatch(*queue);
}

void FakeConsumer::Connection::cut(bool comes_back) {
  if (!is_connected) return;
  auto& history = broker->history;
  if (!ahead.empty() || !held.empty()) {
    history.story.tell(name, ": the connection is cut, and ", ahead.size() + held.size(),
                       " messages come again");
  }
  is_connected = false;
  std::erase(queue->consumers, this);
  // The last one first, so that each finds those of its key that it must not come behind.
  for (auto& standing : std::exchange(ahead, {}) | std::views::reverse) broker->give_back(*queue, standing);
  for (auto& each : std::exchange(held, {}) | std::views::reverse) broker->give_back(*queue, each.second);
  broker->dispatch(*queue);
  if (!comes_back) return;
  const auto after =
      std::chrono::milliseconds{history.dice.between(1, broker->times.longest_reconnect.count())};
  history.time.after(after, [self = shared_from_this()] {
    if (!self->is_dead && !self->is_connected) self->connect();
  });
}

void FakeConsumer::Connection::add(Standing standing) {
  ahead.push_back(std::move(standing));
  if (!is_waiting || !is_ready) return;
  is_waiting = false;
  broker->history.time.after(broker->one_way(), [self = shared_from_this()] {
    if (self->is_ready) self->is_ready();
  });
}

std::vector<message::Delivery> FakeConsumer::Connection::receive(std::size_t most) {
  std::vector<message::Delivery> deliveries;
  const auto taken = std::min(most, ahead.size());
  deliveries.reserve(taken);
  for (std::size_t at = 0; at < taken; ++at) {
    const auto number = ++last_number;
    const auto& standing = held.emplace_back(number, std::move(ahead[at])).second;
    deliveries.push_back({.tag = {session, number},
                          .redelivered = standing.is_redelivered,
                          .origin = standing.publication->to,
                          .message = standing.publication->message});
  }
  ahead.erase(ahead.begin(), ahead.begin() + static_cast<std::ptrdiff_t>(taken));
  is_waiting = deliveries.empty();
  if (!deliveries.empty() && broker->history.dice.strikes(broker->faults.cuts)) cut(true);
  return deliveries;
}

std::size_t FakeConsumer::Connection::settle(std::span<const message::DeliveryTag> tags,
                                             message::Settlement settlement) {
  // Told, but the connection is cut before the broker hears of it.
  const bool is_lost = is_connected && broker->history.dice.strikes(broker->faults.cuts);
  std::size_t settled = 0;
  for (const auto& tag : tags) {
    if (!is_connected || tag.session != session) continue;
    const auto found = std::ranges::find(held, tag.number, &decltype(held)::value_type::first);
    if (found == held.end()) continue;
    ++settled;
    if (is_lost) continue;
    auto standing = std::move(found->second);
    held.erase(found);
    if (settlement == message::Settlement::reject) broker->dead_letter(*queue, standing);
    if (settlement == message::Settlement::requeue) broker->give_back(*queue, std::move(standing));
  }
  if (is_lost) {
    cut(true);
  } else if (settled > 0) {
    broker->dispatch(*queue);
  }
  return settled;
}

}  // namespace waybill::simulate
