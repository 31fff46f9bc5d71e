#include "waybill/resilience/retry.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <optional>
#include <random>
#include <string>
#include <vector>

namespace waybill::resilience {
namespace {

using namespace std::chrono_literals;
using std::chrono::duration_cast;
using std::chrono::microseconds;
using std::chrono::nanoseconds;
using WhyGivenUp = GiveUp::Why;

enum class Fault { lost, forbidden };

RetryPolicy<Fault> policy(RetryLimits limits = {}) {
  return {.limits = limits, .worth_it = [](const Fault& fault) { return fault == Fault::lost; }};
}

std::optional<nanoseconds> wait_of(const RetryVerdict& verdict) {
  const auto* retry = std::get_if<RetryAfter>(&verdict);
  return retry == nullptr ? std::nullopt : std::optional{retry->wait};
}

std::optional<WhyGivenUp> reason_of(const RetryVerdict& verdict) {
  const auto* give_up = std::get_if<GiveUp>(&verdict);
  return give_up == nullptr ? std::nullopt : std::optional{give_up->why};
}

TEST(Retry, gives_up_when_the_last_attempt_has_failed) {
  base::ManualClock clock;
  Retry<Fault> retry(policy({.attempts = 3, .within = 1h}), 1, clock);
  EXPECT_EQ(retry.attempt(), 1U);
  EXPECT_TRUE(wait_of(retry.failed(Fault::lost)));
  EXPECT_EQ(retry.attempt(), 2U);
  EXPECT_TRUE(wait_of(retry.failed(Fault::lost)));
  EXPECT_EQ(retry.attempt(), 3U);
  clock.advance(1200ms);
  const GiveUp expected{.why = WhyGivenUp::attempts_used, .attempts = 3, .took = 1200ms};
  EXPECT_EQ(retry.failed(Fault::lost), RetryVerdict{expected});
}

TEST(Retry, one_attempt_is_no_retry) {
  Retry<Fault> retry(policy({.attempts = 1}), 1);
  EXPECT_EQ(reason_of(retry.failed(Fault::lost)), WhyGivenUp::attempts_used);
}

// Trying again what was forbidden, or what may have taken effect, does harm.
TEST(Retry, an_error_that_is_not_worth_it_ends_it_at_once) {
  Retry<Fault> retry(policy(), 1);
  EXPECT_EQ(reason_of(retry.failed(Fault::forbidden)), WhyGivenUp::not_worth_it);
  EXPECT_EQ(retry.attempt(), 1U);
}

TEST(Retry, once_given_up_it_says_the_same_again) {
  base::ManualClock clock;
  Retry<Fault> retry(policy(), 1, clock);
  const auto first = retry.failed(Fault::forbidden);
  clock.advance(1h);
  EXPECT_EQ(retry.failed(Fault::lost), first);
  EXPECT_EQ(retry.failed(Fault::forbidden), first);
}

TEST(Retry, waits_are_drawn_between_zero_and_a_ceiling_that_grows_to_the_maximum) {
  constexpr std::int64_t ceilings_ms[] = {100, 300, 900, 1000, 1000};
  std::vector<std::int64_t> most_ms(std::size(ceilings_ms));
  std::vector<std::int64_t> least_ms(std::size(ceilings_ms), 1'000'000);
  for (std::uint64_t seed = 0; seed < 500; ++seed) {
    const RetryLimits limits{
        .attempts = 6, .initial_delay = 100ms, .maximum_delay = 1s, .multiplier = 3.0, .within = 1h};
    RetrySchedule schedule(limits, seed);
    for (std::size_t i = 0; i < std::size(ceilings_ms); ++i) {
      const auto wait = wait_of(schedule.failed());
      ASSERT_TRUE(wait);
      most_ms[i] = std::max(most_ms[i], *wait / 1ms);
      least_ms[i] = std::min(least_ms[i], *wait / 1ms);
    }
  }
  for (std::size_t i = 0; i < std::size(ceilings_ms); ++i) {
    EXPECT_LE(most_ms[i], ceilings_ms[i]);
    EXPECT_GE(most_ms[i], ceilings_ms[i] * 95 / 100) << "of wait " << i;
    EXPECT_LE(least_ms[i], ceilings_ms[i] / 20) << "of wait " << i;
  }
}

TEST(Retry, the_same_seed_gives_the_same_waits_and_another_one_others) {
  const RetryLimits limits{.attempts = 20, .within = 1h};
  RetrySchedule one(limits, 42);
  RetrySchedule same(limits, 42);
  RetrySchedule other(limits, 43);
  int different = 0;
  for (int i = 0; i < 15; ++i) {
    const auto wait = one.failed();
    EXPECT_EQ(wait, same.failed());
    if (wait != other.failed()) ++different;
  }
  EXPECT_GT(different, 10);
}

TEST(Retry, the_callers_deadline_holds_when_it_is_the_earlier_one) {
  const base::ManualClock clock;
  const auto in = [&](nanoseconds duration) { return base::Deadline::after(duration, clock); };
  EXPECT_EQ(RetrySchedule({.within = 5s}, 1, clock, in(2s)).deadline(), in(2s));
  EXPECT_EQ(RetrySchedule({.within = 5s}, 1, clock, in(9s)).deadline(), in(5s));
  EXPECT_EQ(RetrySchedule({.within = 5s}, 1, clock).deadline(), in(5s));
  EXPECT_TRUE(RetrySchedule({.within = nanoseconds::max()}, 1, clock).deadline().is_never());
}

TEST(Retry, gives_up_when_its_time_is_over_though_attempts_are_left) {
  base::ManualClock clock;
  Retry<Fault> retry(policy({.attempts = 100, .within = 5s}), 1, clock);
  clock.advance(5s);
  EXPECT_EQ(reason_of(retry.failed(Fault::lost)), WhyGivenUp::out_of_time);
}

// Waiting for an attempt that may not begin holds a caller for nothing.
TEST(Retry, a_wait_that_would_end_at_the_deadline_is_not_begun) {
  const base::ManualClock clock;
  const RetryLimits limits{.attempts = 2, .within = 1h};
  const auto wait = wait_of(RetrySchedule(limits, 7, clock).failed());
  ASSERT_TRUE(wait);
  const auto with = [&](nanoseconds left) {
    return RetrySchedule(limits, 7, clock, base::Deadline::after(left, clock)).failed();
  };
  EXPECT_EQ(reason_of(with(*wait)), WhyGivenUp::out_of_time);
  EXPECT_EQ(wait_of(with(*wait + 1ns)), wait);
}

TEST(Retry, what_the_other_side_asked_for_is_waited_besides_the_jitter) {
  const base::ManualClock clock;
  const RetryLimits limits{.attempts = 2, .maximum_delay = 1s, .within = 1h};
  const auto plain = wait_of(RetrySchedule(limits, 7, clock).failed());
  ASSERT_TRUE(plain);
  EXPECT_EQ(wait_of(RetrySchedule(limits, 7, clock).failed(30s)), 30s + *plain);
  EXPECT_EQ(wait_of(RetrySchedule(limits, 7, clock).failed(-30s)), plain);
  Retry<Fault> retry(policy(limits), 7, clock);
  EXPECT_EQ(wait_of(retry.failed(Fault::lost, 30s)), 30s + *plain);
}

TEST(Retry, an_absurd_wait_asked_for_is_out_of_time_and_overflows_nothing) {
  const base::ManualClock clock;
  RetrySchedule bounded({.within = 1h}, 1, clock);
  EXPECT_EQ(reason_of(bounded.failed(nanoseconds::max())), WhyGivenUp::out_of_time);
  RetrySchedule unbounded({.within = nanoseconds::max()}, 1, clock);
  EXPECT_EQ(reason_of(unbounded.failed(nanoseconds::max())), WhyGivenUp::out_of_time);
}

// Whatever the limits: attempts and time are never exceeded.
TEST(Retry, no_schedule_has_too_many_attempts_or_one_that_begins_too_late) {
  for (std::uint64_t seed = 0; seed < 2'000; ++seed) {
    std::mt19937_64 random(seed);
    const auto draw = [&](std::int64_t least, std::int64_t most) {
      return std::uniform_int_distribution<std::int64_t>(least, most)(random);
    };
    base::ManualClock clock;
    RetryLimits limits;
    limits.attempts = static_cast<std::uint32_t>(draw(1, 12));
    limits.initial_delay = std::chrono::milliseconds{draw(1, 500)};
    limits.maximum_delay = limits.initial_delay + std::chrono::milliseconds{draw(0, 5'000)};
    limits.multiplier = static_cast<double>(draw(10, 40)) / 10;
    limits.within = std::chrono::milliseconds{draw(1, 20'000)};
    const auto end = clock.steady() + limits.within;
    RetrySchedule schedule(limits, seed, clock);
    for (std::uint32_t begun = 1;; ++begun) {
      ASSERT_LE(begun, limits.attempts) << "seed " << seed;
      ASSERT_EQ(schedule.attempt(), begun) << "seed " << seed;
      ASSERT_LT(clock.steady(), end) << "seed " << seed;
      clock.advance(microseconds{draw(0, 1'000'000)});
      const auto wait = wait_of(schedule.failed());
      if (!wait) break;
      ASSERT_LE(*wait, limits.maximum_delay) << "seed " << seed;
      clock.advance(duration_cast<microseconds>(*wait));
    }
  }
}

TEST(Retry, giving_up_is_told_with_attempts_time_and_reason) {
  EXPECT_EQ(to_string(GiveUp{.why = WhyGivenUp::attempts_used, .attempts = 3, .took = 1200ms}),
            "gave up after 3 attempts in 1200 ms: no attempt is left");
  EXPECT_EQ(to_string(GiveUp{.why = WhyGivenUp::not_worth_it, .attempts = 1, .took = 1ns}),
            "gave up after 1 attempt in 1 ms: the error is not worth another attempt");
  EXPECT_EQ(to_string(GiveUp{.why = WhyGivenUp::out_of_time, .attempts = 2, .took = 5s}),
            "gave up after 2 attempts in 5000 ms: the next attempt would begin too late");
}

}  // namespace
}  // namespace waybill::resilience
