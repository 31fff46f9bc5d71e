#include "arrivals.hpp"

#include <algorithm>
#include <atomic>
#include <iterator>

namespace waybill::amqp {
namespace {

std::uint64_t next_session() {
  static std::atomic<std::uint64_t> last{0};
  return ++last;
}

}  // namespace

std::vector<message::Delivery> Arrivals::receive(std::size_t most, base::Deadline deadline) {
  std::vector<message::Delivery> taken;
  std::unique_lock lock(mutex_);
  const auto is_over = [this] { return is_closed_ || !waiting_.empty(); };
  ++receivers_;
  if (deadline.is_never()) {
    arrived_.wait(lock, is_over);
  } else {
    arrived_.wait_until(lock, deadline.when(), is_over);
  }
  --receivers_;
  if (is_closed_) return taken;
  const auto count = std::min(most, waiting_.size());
  const auto past = waiting_.begin() + static_cast<std::ptrdiff_t>(count);
  taken.reserve(count);
  std::move(waiting_.begin(), past, std::back_inserter(taken));
  waiting_.erase(waiting_.begin(), past);
  return taken;
}

std::size_t Arrivals::settle(std::span<const message::DeliveryTag> tags, message::Settlement settlement) {
  std::size_t settled = 0;
  bool was_asleep = false;
  {
    const std::lock_guard lock(mutex_);
    if (is_closed_ || session_ == 0) return 0;
    for (const auto& tag : tags) {
      if (tag.session == session_ && ledger_.settle(tag.number, settlement)) ++settled;
    }
    if (settled > 0) was_asleep = std::exchange(is_asleep_, false);
  }
  if (was_asleep) wake_();
  return settled;
}

void Arrivals::close() {
  {
    const std::lock_guard lock(mutex_);
    is_closed_ = true;
    waiting_.clear();
  }
  arrived_.notify_all();
}

std::uint64_t Arrivals::begin_session() {
  const std::lock_guard lock(mutex_);
  session_ = next_session();
  return session_;
}

void Arrivals::end_session() {
  const std::lock_guard lock(mutex_);
  session_ = 0;
  waiting_.clear();
  ledger_.clear();
}

void Arrivals::add(std::vector<message::Delivery>& deliveries) {
  if (deliveries.empty()) return;
  bool is_awaited = false;
  {
    const std::lock_guard lock(mutex_);
    for (const auto& delivery : deliveries) ledger_.delivered(delivery.tag.number);
    if (!is_closed_) std::ranges::move(deliveries, std::back_inserter(waiting_));
    is_awaited = receivers_ > 0;
  }
  deliveries.clear();
  if (is_awaited) arrived_.notify_all();
}

bool Arrivals::take_orders(std::vector<SettlementOrder>& orders) {
  const std::lock_guard lock(mutex_);
  ledger_.take_orders(orders);
  is_asleep_ = orders.empty();
  return !orders.empty();
}

}  // namespace waybill::amqp
