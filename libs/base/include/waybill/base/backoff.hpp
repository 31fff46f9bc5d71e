#pragma once

#include <chrono>
#include <cstdint>
#include <random>

namespace waybill::base {

/// Waits that grow, with full jitter: the n-th is uniform between zero and min(maximum, initial *
/// multiplier^n), so that a crowd that failed together does not come back together. The same seed gives the
/// same waits. Not thread-safe.
class Backoff {
 public:
  struct Limits {
    std::chrono::milliseconds initial{100};
    std::chrono::milliseconds maximum{10'000};
    double multiplier = 2.0;
  };

  Backoff(Limits limits, std::uint64_t seed);

  std::chrono::milliseconds next();
  /// The bound under which the next wait is drawn.
  std::chrono::milliseconds ceiling() const;
  void reset();

 private:
  Limits limits_;
  double ceiling_ms_;
  std::mt19937_64 random_;
};

}  // namespace waybill::base
