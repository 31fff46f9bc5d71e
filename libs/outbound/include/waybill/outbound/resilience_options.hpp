#pragma once

#include <chrono>
#include <cstddef>
#include <optional>

#include "waybill/resilience/breaker_options.hpp"
#include "waybill/resilience/retry_limits.hpp"

namespace waybill::outbound {

struct ResilienceOptions {
  resilience::RetryLimits retry{};
  /// The most that one attempt may take, besides the deadline of the whole; none by default.
  std::optional<std::chrono::nanoseconds> attempt_within = {};
  /// Of each host's circuit breaker; without, there are none.
  std::optional<resilience::BreakerOptions> breaker = resilience::BreakerOptions{};
  /// Hosts that have a breaker at most.
  std::size_t breakers = 256;
};

/// Throws std::invalid_argument that names the option which cannot be right.
void check(const ResilienceOptions& options);

}  // namespace waybill::outbound
