#pragma once

#include <chrono>
#include <cstdint>

namespace waybill::resilience {

/// How often and how long a call is tried. The wait before the n-th retry is drawn between zero and
/// min(maximum_delay, initial_delay * multiplier^(n - 1)).
struct RetryLimits {
  std::uint32_t attempts = 5;  ///< the first one included
  std::chrono::milliseconds initial_delay{100};
  std::chrono::milliseconds maximum_delay{10'000};
  double multiplier = 2.0;
  /// From the beginning of the first attempt; nanoseconds::max() is no limit. No attempt begins later.
  std::chrono::nanoseconds within = std::chrono::seconds{30};
};

/// Throws std::invalid_argument that names the limit which cannot be right.
void check(const RetryLimits& limits);

}  // namespace waybill::resilience
