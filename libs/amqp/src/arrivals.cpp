#include "arrivals.hpp"

#include <algorithm>
#include <atomic>
#include <iterator>
#include <utility>

namespace waybill::amqp {
namespace {

std::uint64_t next_session() {
  static std::atomic<std::uint64_t> last{0};
  return ++last;
}

}  // namespace

std::vector<RawDelivery> Arrivals::receive(std::size_t most, base::Deadline deadline) {
  std::unique_lock lock(mutex_);
  const auto is_over = [this] { return !is_receiving_ || !waiting_.empty(); };
  ++receivers_;
  if (deadline.is_never()) {
    arrived_.wait(lock, is_over);
  } else {
    arrived_.wait_until(lock, deadline.when(), is_over);
  }
  --receivers_;
  return is_receiving_ ? take_waiting(most) : std::vector<RawDelivery>();
}

// What has arrived is handed over as it is, when one receiver takes all of it.
std::vector<RawDelivery> Arrivals::take_waiting(std::size_t most) {
  if (first_waiting_ == 0 && waiting_.size() <= most) return std::exchange(waiting_, {});
  const auto count = std::min(most, waiting_.size() - first_waiting_);
  const auto first = waiting_.begin() + static_cast<std::ptrdiff_t>(first_waiting_);
  std::vector<RawDelivery> taken;
  taken.reserve(count);
  std::move(first, first + static_cast<std::ptrdiff_t>(count), std::back_inserter(taken));
  first_waiting_ += count;
  if (first_waiting_ == waiting_.size()) drop_waiting();
  return taken;
}

void Arrivals::drop_waiting() {
  waiting_.clear();
  first_waiting_ = 0;
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

void Arrivals::stop_receiving() {
  {
    const std::lock_guard lock(mutex_);
    is_receiving_ = false;
  }
  arrived_.notify_all();
}

void Arrivals::close() {
  {
    const std::lock_guard lock(mutex_);
    is_closed_ = true;
    is_receiving_ = false;
    drop_waiting();
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
  drop_waiting();
  ledger_.clear();
}

void Arrivals::add(std::vector<RawDelivery>& deliveries) {
  if (deliveries.empty()) return;
  bool is_awaited = false;
  {
    const std::lock_guard lock(mutex_);
    is_asleep_ = false;
    for (const auto& delivery : deliveries) ledger_.delivered(delivery.tag.number);
    if (waiting_.empty() && !is_closed_) {
      waiting_.swap(deliveries);
    } else if (!is_closed_) {
      std::ranges::move(deliveries, std::back_inserter(waiting_));
    }
    is_awaited = receivers_ > 0;
  }
  deliveries.clear();
  if (is_awaited) arrived_.notify_all();
}

Arrivals::Orders Arrivals::take_orders(std::size_t worthwhile, std::vector<SettlementOrder>& orders) {
  const std::lock_guard lock(mutex_);
  is_asleep_ = ledger_.settled() == 0;
  if (is_asleep_) return Orders::none;
  if (ledger_.settled() < worthwhile) return Orders::held_back;
  ledger_.take_orders(orders);
  return Orders::taken;
}

}  // namespace waybill::amqp
