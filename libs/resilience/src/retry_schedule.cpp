#include "waybill/resilience/retry_schedule.hpp"

#include <algorithm>

#include "elapsed.hpp"
#include "require.hpp"

namespace waybill::resilience {
namespace {

using std::chrono::nanoseconds;

const RetryLimits& checked(const RetryLimits& limits) {
  check(limits);
  return limits;
}

nanoseconds sum(nanoseconds one, nanoseconds other) {
  return one > nanoseconds::max() - other ? nanoseconds::max() : one + other;
}

const char* text_of(GiveUp::Why why) {
  switch (why) {
    case GiveUp::Why::not_worth_it:
      return "the error is not worth another attempt";
    case GiveUp::Why::attempts_used:
      return "no attempt is left";
    case GiveUp::Why::out_of_time:
      return "the next attempt would begin too late";
  }
  return "";
}

}  // namespace

RetrySchedule::RetrySchedule(const RetryLimits& limits, std::uint64_t seed, const base::Clock& clock,
                             base::Deadline no_later_than)
    : limits_(checked(limits)),
      seed_(seed),
      clock_(&clock),
      began_(clock.steady()),
      deadline_(base::Deadline::after(limits.within, clock).earlier_of(no_later_than)) {}

RetryVerdict RetrySchedule::failed(nanoseconds not_before) {
  if (over_) return *over_;
  if (attempt_ == limits_.attempts) return give_up(GiveUp::Why::attempts_used);
  if (!backoff_) {
    backoff_.emplace(base::Backoff::Limits{limits_.initial_delay, limits_.maximum_delay, limits_.multiplier},
                     seed_);
  }
  const auto wait = sum(std::max(not_before, nanoseconds{0}), backoff_->next());
  if (wait >= deadline_.remaining(*clock_)) return give_up(GiveUp::Why::out_of_time);
  ++attempt_;
  return RetryAfter{wait};
}

RetryVerdict RetrySchedule::failed_for_good() { return over_ ? *over_ : give_up(GiveUp::Why::not_worth_it); }

RetryVerdict RetrySchedule::give_up(GiveUp::Why why) {
  const auto took = std::min<std::uint64_t>(elapsed_ns(began_, clock_->steady()), nanoseconds::max().count());
  over_ = GiveUp{why, attempt_, nanoseconds{static_cast<nanoseconds::rep>(took)}};
  return *over_;
}

std::string to_string(const GiveUp& give_up) {
  return "gave up after " + std::to_string(give_up.attempts) +
         (give_up.attempts == 1 ? " attempt in " : " attempts in ") + in_ms(give_up.took) + ": " +
         text_of(give_up.why);
}

}  // namespace waybill::resilience
