#pragma once

#include <chrono>
#include <cstdint>
#include <variant>

namespace waybill::resilience {

/// Opens when as many calls of the window have failed.
struct FailureCount {
  std::uint32_t failures = 5;
};

/// Opens when the window holds at least `minimum_calls` ended calls, and at least `percent` of them failed.
struct FailureRatio {
  std::uint32_t percent = 50;
  std::uint32_t minimum_calls = 10;
};

struct BreakerOptions {
  std::variant<FailureCount, FailureRatio> opens_on = FailureCount{};
  /// The window slides in steps of window / buckets: a call is forgotten at most that much too early, never
  /// too late.
  std::chrono::nanoseconds window = std::chrono::seconds{10};
  std::uint32_t buckets = 10;
  std::chrono::nanoseconds cool_down = std::chrono::seconds{5};
  std::uint32_t probes = 1;     ///< calls at once while half-open
  std::uint32_t successes = 2;  ///< of probes, without a failure among them, that close it
};

/// Throws std::invalid_argument that names the option which cannot be right.
void check(const BreakerOptions& options);

}  // namespace waybill::resilience
