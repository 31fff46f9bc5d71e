#include "waybill/resilience/retry_limits.hpp"

#include <cmath>

#include "require.hpp"

namespace waybill::resilience {

using std::chrono::milliseconds;

// Whatever waits longer has to survive the process, so it belongs into a table and not into a timer.
constexpr milliseconds longest_delay = std::chrono::hours{24};

void check(const RetryLimits& limits) {
  require(limits.attempts > 0, "attempts", "0", "1 (no retry) or more");
  require(limits.maximum_delay >= milliseconds{1} && limits.maximum_delay <= longest_delay, "maximum_delay",
          in_ms(limits.maximum_delay), "1 ms to 24 h");
  require(limits.initial_delay >= milliseconds{1} && limits.initial_delay <= limits.maximum_delay,
          "initial_delay", in_ms(limits.initial_delay),
          "1 ms to maximum_delay, " + in_ms(limits.maximum_delay));
  require(std::isfinite(limits.multiplier) && limits.multiplier >= 1, "multiplier",
          std::to_string(limits.multiplier), "a finite number from 1 on");
  require(limits.within.count() > 0, "within", in_ms(limits.within), "more than 0 ms");
}

}  // namespace waybill::resilience
