#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <iosfwd>
#include <string>
#include <vector>

#include "waybill/servers/fault.hpp"

namespace waybill::servers {

/// A random sequence of faults, for FaultProxy::play().
///
/// Promises: the same seed and limits are the same steps, on every machine, so that a printed seed is enough
/// to play a failure again. Does not promise: that the programs under test behave the same again, since what
/// a fault meets is a matter of timing; nor the same steps after this class has changed. A value; reading it
/// is safe from any thread.
class FaultSchedule {
 public:
  struct Limits {
    std::size_t steps = 8;
    std::chrono::milliseconds shortest{5};
    std::chrono::milliseconds longest{250};
    /// Whether bytes are corrupted too: nothing but TLS notices that, so anything can follow without it.
    bool corrupting = false;
  };

  struct Step {
    Fault fault;
    /// From its beginning to the next step's; the proxy is healed in between.
    std::chrono::milliseconds lasts;
  };

  explicit FaultSchedule(std::uint64_t seed) : FaultSchedule(seed, Limits{}) {}
  FaultSchedule(std::uint64_t seed, const Limits& limits);

  std::uint64_t seed() const { return seed_; }
  const std::vector<Step>& steps() const { return steps_; }
  std::chrono::milliseconds duration() const;

  /// "seed 17 step 3: stop reading server→client for 120 ms"; steps are counted from 1.
  std::string line(std::size_t step) const;
  /// A line for each step.
  friend std::ostream& operator<<(std::ostream& out, const FaultSchedule& schedule);

 private:
  std::uint64_t seed_;
  std::vector<Step> steps_;
};

}  // namespace waybill::servers
