#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

#include "waybill/base/backoff.hpp"
#include "waybill/base/clock.hpp"
#include "waybill/base/deadline.hpp"
#include "waybill/resilience/retry_limits.hpp"
#include "waybill/resilience/retry_verdict.hpp"

namespace waybill::resilience {

/// One call's attempts: after each failure it says how long to wait, or that it is over. It waits for nothing
/// itself. For callers that judge their errors themselves; Retry judges them by a policy.
///
/// Promises: at most `attempts` attempts; none begins at or after the deadline, for a wait that would end
/// there is not begun; waits have full jitter, and the same seed gives the same waits. Once it has given up,
/// it gives the same answer again. Does not promise: to end an attempt. Bound each one by deadline().
/// Concurrency: one thread at a time. The clock outlives it.
class RetrySchedule {
 public:
  /// The first attempt begins now. Throws std::invalid_argument, see check(). The deadline is the earlier one
  /// of the limits' and of `no_later_than`.
  RetrySchedule(const RetryLimits& limits, std::uint64_t seed,
                const base::Clock& clock = base::system_clock(),
                base::Deadline no_later_than = base::Deadline::never());

  /// The attempt has failed by an error that is worth another one. What the other side asked to be spared for
  /// (HTTP's Retry-After) is waited in addition to the drawn wait, so that those who were told the same do
  /// not come back together, and may exceed maximum_delay; a negative one is none.
  RetryVerdict failed(std::chrono::nanoseconds not_before = std::chrono::nanoseconds{0});
  /// The attempt has failed by an error that is not worth another one.
  RetryVerdict failed_for_good();

  /// The attempt under way, or the last one: 1 is the first.
  std::uint32_t attempt() const { return attempt_; }
  base::Deadline deadline() const { return deadline_; }

 private:
  RetryVerdict give_up(GiveUp::Why why);

  RetryLimits limits_;
  std::uint64_t seed_;
  const base::Clock* clock_;
  base::SteadyTime began_;
  base::Deadline deadline_;
  std::uint32_t attempt_ = 1;
  std::optional<base::Backoff> backoff_;  // seeding it is dear, and most calls never fail
  std::optional<GiveUp> over_;
};

}  // namespace waybill::resilience
