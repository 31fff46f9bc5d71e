#include "waybill/simulate/virtual_time.hpp"

#include <algorithm>
#include <limits>
#include <utility>

namespace waybill::simulate {

base::WallTime VirtualTime::wall() const {
  // Late in 2023, so that ids made of it have a time that can be.
  constexpr base::WallTime began{std::chrono::seconds{1'700'000'000}};
  return began + std::chrono::duration_cast<std::chrono::microseconds>(elapsed());
}

VirtualTime::Ticket VirtualTime::at(base::SteadyTime when, Happening happening) {
  const auto now_ns = elapsed().count();
  const auto begun = base::SteadyTime{} + began_at;
  const auto at_ns = std::chrono::nanoseconds{when - begun}.count();
  Ticket ticket{slots_.size(), ++last_number_};
  if (free_slots_.empty()) {
    slots_.emplace_back();
  } else {
    ticket.slot = free_slots_.back();
    free_slots_.pop_back();
  }
  slots_[ticket.slot] = {std::move(happening), ticket.number};
  due_.push_back({std::max(at_ns, now_ns), ticket});
  std::ranges::push_heap(due_, std::greater<>{});
  ++waiting_;
  return ticket;
}

VirtualTime::Ticket VirtualTime::after(std::chrono::nanoseconds duration, Happening happening) {
  return at(now() + duration, std::move(happening));
}

bool VirtualTime::call_off(Ticket ticket) {
  if (ticket.slot >= slots_.size()) return false;
  auto& slot = slots_[ticket.slot];
  if (slot.number != ticket.number || ticket.number == 0) return false;
  // Its place in the heap is dropped when its time comes.
  slot = {};
  free_slots_.push_back(ticket.slot);
  --waiting_;
  return true;
}

bool VirtualTime::run_next_until(std::int64_t last_ns) {
  while (!due_.empty() && due_.front().at_ns <= last_ns) {
    std::ranges::pop_heap(due_, std::greater<>{});
    const auto due = due_.back();
    due_.pop_back();
    auto& slot = slots_[due.ticket.slot];
    if (slot.number != due.ticket.number) continue;
    const auto happening = std::exchange(slot.happening, nullptr);
    slot.number = 0;
    free_slots_.push_back(due.ticket.slot);
    --waiting_;
    elapsed_ns_.store(due.at_ns, std::memory_order_relaxed);
    happening();
    return true;
  }
  return false;
}

bool VirtualTime::run_next() { return run_next_until(std::numeric_limits<std::int64_t>::max()); }

void VirtualTime::pass(std::chrono::nanoseconds duration) {
  const auto end_ns = elapsed().count() + std::max(duration.count(), std::int64_t{0});
  while (run_next_until(end_ns)) {
  }
  // A happening may have let time pass itself.
  if (elapsed().count() < end_ns) elapsed_ns_.store(end_ns, std::memory_order_relaxed);
}

}  // namespace waybill::simulate
