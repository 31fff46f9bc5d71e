#include "waybill/base/clock.hpp"

#include "waybill/base/ensure.hpp"

namespace waybill::base {

WallTime SystemClock::wall() const {
  return std::chrono::time_point_cast<std::chrono::microseconds>(std::chrono::system_clock::now());
}

SteadyTime SystemClock::steady() const { return std::chrono::steady_clock::now(); }

const Clock& system_clock() {
  static const SystemClock clock;
  return clock;
}

WallTime ManualClock::wall() const {
  const std::lock_guard lock(mutex_);
  return wall_;
}

SteadyTime ManualClock::steady() const {
  const std::lock_guard lock(mutex_);
  return steady_;
}

void ManualClock::advance(std::chrono::microseconds by) {
  ENSURE(by.count() >= 0, "steady time does not run backwards");
  const std::lock_guard lock(mutex_);
  wall_ += by;
  steady_ += by;
}

void ManualClock::set_wall(WallTime wall) {
  const std::lock_guard lock(mutex_);
  wall_ = wall;
}

}  // namespace waybill::base
