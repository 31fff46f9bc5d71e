#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "waybill/base/clock.hpp"

namespace waybill::resilience {

enum class BreakerState {
  closed,     ///< calls go through
  open,       ///< calls are refused, until one comes after the cool-down
  half_open,  ///< a few calls go through, to see whether the others may
};

struct BreakerChange {
  enum class Why { too_many_failures, cooled_down, probe_failed, probes_succeeded };

  BreakerState from = BreakerState::closed;
  BreakerState to = BreakerState::closed;
  Why why = Why::too_many_failures;
  base::SteadyTime at{};
  std::uint64_t calls = 0;     ///< that ended in the window; with too_many_failures only
  std::uint64_t failures = 0;  ///< and how many of them failed
  friend bool operator==(const BreakerChange&, const BreakerChange&) = default;
};

using BreakerObserver = std::function<void(const BreakerChange&)>;

/// A call that is not to be made.
struct BreakerRefusal {
  BreakerState state = BreakerState::open;
  /// How long until a call may be let through: what is left of the cool-down when open. Half-open, as soon as
  /// a probe has ended, which nobody knows beforehand: then it is a whole cool-down.
  std::chrono::nanoseconds retry_after{0};
  friend bool operator==(const BreakerRefusal&, const BreakerRefusal&) = default;
};

/// "closed", "open", "half-open"
std::string_view to_string(BreakerState state);
/// "closed -> open: 5 of 8 calls failed"
std::string to_string(const BreakerChange& change);
/// "the circuit is open after failures; try again in 1200 ms"
std::string to_string(const BreakerRefusal& refusal);

}  // namespace waybill::resilience
