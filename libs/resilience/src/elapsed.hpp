#pragma once

#include <cstdint>

#include "waybill/base/clock.hpp"

namespace waybill::resilience {

/// Nanoseconds from one time to the other, none when it is not later. As an unsigned number it holds every
/// distance of two times, however far a clock has jumped.
inline std::uint64_t elapsed_ns(base::SteadyTime from, base::SteadyTime to) {
  if (to <= from) return 0;
  const auto nanoseconds = [](base::SteadyTime time) {
    return static_cast<std::uint64_t>(std::chrono::nanoseconds{time.time_since_epoch()}.count());
  };
  return nanoseconds(to) - nanoseconds(from);
}

}  // namespace waybill::resilience
