#include "waybill/resilience/bulkhead.hpp"

#include <utility>

#include "require.hpp"
#include "waybill/base/ensure.hpp"

namespace waybill::resilience {
namespace {

using Why = BulkheadRefusal::Why;

const BulkheadOptions& checked(const BulkheadOptions& options) {
  check(options);
  return options;
}

const char* text_of(Why why) {
  switch (why) {
    case Why::all_busy:
      return "all busy";
    case Why::others_wait:
      return "others wait before";
    case Why::line_full:
      return "the line is full";
  }
  return "";
}

}  // namespace

void check(const BulkheadOptions& options) { require(options.at_once > 0, "at_once", "0", "1 or more"); }

Bulkhead::Bulkhead(const BulkheadOptions& options, BulkheadObserver observer)
    : options_(checked(options)), observer_(std::move(observer)) {}

Bulkhead::~Bulkhead() { ENSURE(occupancy_ == Occupancy{}, "a bulkhead outlives its permits and places"); }

Bulkhead::Entry Bulkhead::try_enter() {
  std::unique_lock lock(mutex_);
  const auto [running, waiting] = occupancy_;
  const auto free = options_.at_once - running;
  if (free <= waiting) {
    lock.unlock();
    return refused(free == 0 ? Why::all_busy : Why::others_wait, {running, waiting});
  }
  ++occupancy_.running;
  lock.unlock();
  tell(BulkheadEvent::entered);
  return Permit{*this};
}

Bulkhead::Line Bulkhead::try_line_up() {
  std::unique_lock lock(mutex_);
  const auto before = occupancy_;
  if (before.waiting == options_.in_line) {
    lock.unlock();
    return refused(Why::line_full, before);
  }
  ++occupancy_.waiting;
  lock.unlock();
  tell(BulkheadEvent::lined_up);
  return Place{*this};
}

Bulkhead::Entry Bulkhead::enter_from_line() {
  std::unique_lock lock(mutex_);
  const auto before = occupancy_;
  if (before.running == options_.at_once) {
    lock.unlock();
    return refused(Why::all_busy, before);
  }
  --occupancy_.waiting;
  ++occupancy_.running;
  lock.unlock();
  tell(BulkheadEvent::left_line);
  tell(BulkheadEvent::entered);
  return Permit{*this};
}

Bulkhead::Entry Bulkhead::Place::try_enter() {
  ENSURE(held_ != nullptr, "this place in line was given up");
  auto entry = held_->enter_from_line();
  // The bulkhead has counted the change from waiting to running as one step.
  if (entry) static_cast<void>(held_.release());
  return entry;
}

void Bulkhead::leave() noexcept {
  {
    const std::lock_guard lock(mutex_);
    --occupancy_.running;
  }
  tell(BulkheadEvent::left);
}

void Bulkhead::leave_line() noexcept {
  {
    const std::lock_guard lock(mutex_);
    --occupancy_.waiting;
  }
  tell(BulkheadEvent::left_line);
}

Occupancy Bulkhead::occupancy() const {
  const std::lock_guard lock(mutex_);
  return occupancy_;
}

BulkheadRefusal Bulkhead::refused(Why why, Occupancy occupancy) const {
  tell(BulkheadEvent::refused);
  return {why, occupancy};
}

void Bulkhead::tell(BulkheadEvent event) const noexcept {
  if (observer_) observer_(event);
}

std::string to_string(const BulkheadRefusal& refusal) {
  return std::string{text_of(refusal.why)} + ": " + std::to_string(refusal.occupancy.running) + " running, " +
         std::to_string(refusal.occupancy.waiting) + " waiting";
}

}  // namespace waybill::resilience
