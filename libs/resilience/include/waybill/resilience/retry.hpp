#pragma once

#include <functional>
#include <stdexcept>
#include <utility>

#include "waybill/resilience/retry_schedule.hpp"

namespace waybill::resilience {

/// How a call is retried, and after which errors: those after which another attempt may go better and can do
/// no harm. `worth_it` is asked after each failure, from the thread of the call.
template <class Error>
struct RetryPolicy {
  RetryLimits limits = {};
  std::function<bool(const Error&)> worth_it = {};
};

template <class Error>
void check(const RetryPolicy<Error>& policy) {
  check(policy.limits);
  if (!policy.worth_it) {
    throw std::invalid_argument(
        "resilience: worth_it is missing; say which errors are worth another attempt");
  }
}

/// One call's attempts under a policy: a RetrySchedule, with its promises, that judges the errors itself.
///   Retry<Fault> retry(policy, seed);
///   for (;;) {
///     auto answer = ask(retry.deadline());
///     if (answer) return answer;
///     const auto verdict = retry.failed(answer.error());
///     if (std::holds_alternative<GiveUp>(verdict)) return answer;
///     co_await wait(std::get<RetryAfter>(verdict).wait);
///   }
template <class Error>
class Retry {
 public:
  /// Throws std::invalid_argument, see check().
  Retry(RetryPolicy<Error> policy, std::uint64_t seed, const base::Clock& clock = base::system_clock(),
        base::Deadline no_later_than = base::Deadline::never())
      : worth_it_((check(policy), std::move(policy.worth_it))),
        schedule_(policy.limits, seed, clock, no_later_than) {}

  RetryVerdict failed(const Error& error, std::chrono::nanoseconds not_before = std::chrono::nanoseconds{0}) {
    return worth_it_(error) ? schedule_.failed(not_before) : schedule_.failed_for_good();
  }

  std::uint32_t attempt() const { return schedule_.attempt(); }
  base::Deadline deadline() const { return schedule_.deadline(); }

 private:
  std::function<bool(const Error&)> worth_it_;
  RetrySchedule schedule_;
};

}  // namespace waybill::resilience
