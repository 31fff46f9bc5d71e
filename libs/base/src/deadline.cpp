#include "waybill/base/deadline.hpp"

#include <algorithm>

namespace waybill::base {

Deadline Deadline::after(std::chrono::nanoseconds duration, const Clock& clock) {
  const SteadyTime now = clock.steady();
  return Deadline{duration > SteadyTime::max() - now ? SteadyTime::max() : now + duration};
}

bool Deadline::passed(const Clock& clock) const { return !is_never() && clock.steady() >= when_; }

std::chrono::nanoseconds Deadline::remaining(const Clock& clock) const {
  if (is_never()) return std::chrono::nanoseconds::max();
  return std::max(std::chrono::nanoseconds{0}, std::chrono::nanoseconds{when_ - clock.steady()});
}

std::chrono::milliseconds Deadline::remaining_ms(std::chrono::milliseconds most, const Clock& clock) const {
  const auto left = remaining(clock);
  if (left >= most) return most;
  return std::chrono::ceil<std::chrono::milliseconds>(left);
}

}  // namespace waybill::base
