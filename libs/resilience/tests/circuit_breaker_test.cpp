#include "waybill/resilience/circuit_breaker.hpp"

#include <gtest/gtest.h>

#include <optional>
#include <utility>
#include <vector>

namespace waybill::resilience {
namespace {

using namespace std::chrono_literals;
using enum BreakerState;
using WhyChanged = BreakerChange::Why;

class CircuitBreakerTest : public testing::Test {
 protected:
  /// Opens on the third failure within 10 s, cools down for 5 s, closes after 2 successes, 1 probe at once.
  static BreakerOptions options() {
    return {.opens_on = FailureCount{3}, .window = 10s, .cool_down = 5s, .probes = 1, .successes = 2};
  }

  CircuitBreaker breaker(const BreakerOptions& options) {
    return CircuitBreaker{options, clock_,
                          [this](const BreakerChange& change) { changes_.push_back(change); }};
  }

  static CircuitBreaker::Permit enter(CircuitBreaker& breaker) {
    auto entry = breaker.try_enter();
    EXPECT_TRUE(entry) << to_string(entry.error());
    return *std::move(entry);
  }
  static void succeed(CircuitBreaker& breaker) { enter(breaker).succeeded(); }
  static void fail(CircuitBreaker& breaker, int times = 1) {
    for (int i = 0; i < times; ++i) enter(breaker).failed();
  }
  static std::optional<BreakerRefusal> refusal_of(CircuitBreaker& breaker) {
    const auto entry = breaker.try_enter();
    return entry ? std::nullopt : std::optional{entry.error()};
  }
  void open(CircuitBreaker& breaker) {
    fail(breaker, 3);
    ASSERT_EQ(breaker.state(), BreakerState::open);
  }

  base::ManualClock clock_;
  std::vector<BreakerChange> changes_;
};

TEST_F(CircuitBreakerTest, closed_it_lets_any_number_of_calls_through) {
  auto closed = breaker(options());
  std::vector<CircuitBreaker::Permit> permits;
  for (int i = 0; i < 100; ++i) permits.push_back(enter(closed));
  EXPECT_EQ(closed.state(), BreakerState::closed);
  for (auto& permit : permits) permit.succeeded();
  EXPECT_TRUE(changes_.empty());
}

TEST_F(CircuitBreakerTest, opens_on_the_last_failure_it_tolerates_in_a_window) {
  auto tried = breaker(options());
  fail(tried, 2);
  succeed(tried);
  EXPECT_EQ(tried.state(), BreakerState::closed);
  fail(tried);
  EXPECT_EQ(tried.state(), BreakerState::open);
}

TEST_F(CircuitBreakerTest, failures_beyond_the_window_are_forgotten) {
  auto tried = breaker(options());
  fail(tried, 2);
  clock_.advance(10s);
  fail(tried, 2);
  EXPECT_EQ(tried.state(), BreakerState::closed);
  clock_.advance(9s);
  fail(tried);
  EXPECT_EQ(tried.state(), BreakerState::open);
}

TEST_F(CircuitBreakerTest, a_ratio_opens_it_only_once_there_are_enough_calls) {
  auto few = options();
  few.opens_on = FailureRatio{.percent = 50, .minimum_calls = 10};
  auto tried = breaker(few);
  fail(tried, 9);
  EXPECT_EQ(tried.state(), BreakerState::closed);
  succeed(tried);
  EXPECT_EQ(tried.state(), BreakerState::open);
}

TEST_F(CircuitBreakerTest, a_ratio_opens_it_at_the_percentage_and_not_below) {
  auto ratio = options();
  ratio.opens_on = FailureRatio{.percent = 50, .minimum_calls = 2};
  auto tried = breaker(ratio);
  for (int i = 0; i < 51; ++i) succeed(tried);
  fail(tried, 50);
  EXPECT_EQ(tried.state(), BreakerState::closed);
  fail(tried);
  EXPECT_EQ(tried.state(), BreakerState::open);
}

TEST_F(CircuitBreakerTest, open_it_refuses_and_says_how_long) {
  auto tried = breaker(options());
  open(tried);
  EXPECT_EQ(refusal_of(tried), (BreakerRefusal{BreakerState::open, 5s}));
  clock_.advance(4s);
  EXPECT_EQ(refusal_of(tried), (BreakerRefusal{BreakerState::open, 1s}));
  clock_.advance(1s - 1us);
  EXPECT_EQ(refusal_of(tried), (BreakerRefusal{BreakerState::open, 1us}));
  clock_.advance(1us);
  EXPECT_EQ(refusal_of(tried), std::nullopt);
}

TEST_F(CircuitBreakerTest, nothing_happens_by_itself) {
  auto tried = breaker(options());
  open(tried);
  clock_.advance(1h);
  EXPECT_EQ(tried.state(), BreakerState::open);
  const auto probe = enter(tried);
  EXPECT_EQ(tried.state(), half_open);
}

// A server that has just come back must not get everything that waited for it.
TEST_F(CircuitBreakerTest, half_open_lets_through_so_many_probes_at_once_and_no_more) {
  auto three = options();
  three.probes = 3;
  three.successes = 10;
  auto tried = breaker(three);
  open(tried);
  clock_.advance(5s);
  std::vector<CircuitBreaker::Permit> probes;
  for (int i = 0; i < 3; ++i) probes.push_back(enter(tried));
  EXPECT_EQ(refusal_of(tried), (BreakerRefusal{half_open, 5s}));
  probes[1].succeeded();
  const auto next = enter(tried);
  EXPECT_EQ(refusal_of(tried), (BreakerRefusal{half_open, 5s}));
}

TEST_F(CircuitBreakerTest, as_many_successes_as_are_needed_close_it) {
  auto tried = breaker(options());
  open(tried);
  clock_.advance(5s);
  succeed(tried);
  EXPECT_EQ(tried.state(), half_open);
  succeed(tried);
  EXPECT_EQ(tried.state(), BreakerState::closed);
}

TEST_F(CircuitBreakerTest, one_failure_of_a_probe_opens_it_for_another_cool_down) {
  auto tried = breaker(options());
  open(tried);
  clock_.advance(5s);
  succeed(tried);
  fail(tried);
  EXPECT_EQ(refusal_of(tried), (BreakerRefusal{BreakerState::open, 5s}));
  clock_.advance(5s);
  succeed(tried);
  EXPECT_EQ(tried.state(), half_open) << "the success before the failure must not count";
}

TEST_F(CircuitBreakerTest, closes_with_an_empty_window) {
  auto tried = breaker(options());
  open(tried);
  clock_.advance(5s);
  succeed(tried);
  succeed(tried);
  fail(tried, 2);
  EXPECT_EQ(tried.state(), BreakerState::closed);
  fail(tried);
  EXPECT_EQ(tried.state(), BreakerState::open);
}

TEST_F(CircuitBreakerTest, an_abandoned_call_counts_neither_way) {
  auto ratio = options();
  ratio.opens_on = FailureRatio{.percent = 100, .minimum_calls = 3};
  auto tried = breaker(ratio);
  fail(tried, 2);
  for (int i = 0; i < 10; ++i) {
    const auto abandoned = enter(tried);
  }
  EXPECT_EQ(tried.state(), BreakerState::closed);
  fail(tried);
  EXPECT_EQ(tried.state(), BreakerState::open);
}

// A cancelled probe that kept its place would keep the breaker half-open for ever.
TEST_F(CircuitBreakerTest, an_abandoned_probe_gives_its_place_back) {
  auto tried = breaker(options());
  open(tried);
  clock_.advance(5s);
  for (int i = 0; i < 10; ++i) {
    const auto abandoned = enter(tried);
  }
  EXPECT_EQ(tried.state(), half_open);
  succeed(tried);
  succeed(tried);
  EXPECT_EQ(tried.state(), BreakerState::closed);
}

TEST_F(CircuitBreakerTest, a_permit_moves_without_being_given_back) {
  auto tried = breaker(options());
  open(tried);
  clock_.advance(5s);
  {
    auto probe = enter(tried);
    std::optional<CircuitBreaker::Permit> moved(std::move(probe));
    EXPECT_TRUE(refusal_of(tried));
    auto again = std::move(*moved);
    moved.reset();
    EXPECT_TRUE(refusal_of(tried));
  }
  EXPECT_FALSE(refusal_of(tried));
}

TEST_F(CircuitBreakerTest, a_permit_that_is_assigned_to_gives_up_its_own_place) {
  auto two = options();
  two.probes = 2;
  auto tried = breaker(two);
  open(tried);
  clock_.advance(5s);
  auto one = enter(tried);
  one = enter(tried);
  const auto another = enter(tried);
  EXPECT_TRUE(refusal_of(tried));
}

// A slow call from before the outage says nothing about now.
TEST_F(CircuitBreakerTest, what_was_let_through_before_a_change_counts_for_nothing_after_it) {
  auto tried = breaker(options());
  std::vector<CircuitBreaker::Permit> slow;
  for (int i = 0; i < 8; ++i) slow.push_back(enter(tried));
  open(tried);
  slow[0].succeeded();
  slow[1].failed();
  EXPECT_EQ(refusal_of(tried), (BreakerRefusal{BreakerState::open, 5s}));
  clock_.advance(5s);
  auto probe = enter(tried);
  slow[2].succeeded();
  slow[3].succeeded();
  slow[4].failed();
  EXPECT_TRUE(refusal_of(tried)) << "an old call gave back a place it did not have";
  EXPECT_EQ(tried.state(), half_open);
  probe.succeeded();
  succeed(tried);
  for (std::size_t i = 5; i < 8; ++i) slow[i].failed();
  EXPECT_EQ(tried.state(), BreakerState::closed);
}

TEST_F(CircuitBreakerTest, a_probe_of_an_earlier_half_open_time_counts_for_nothing) {
  auto two = options();
  two.probes = 2;
  auto tried = breaker(two);
  open(tried);
  clock_.advance(5s);
  auto late = enter(tried);
  fail(tried);
  clock_.advance(5s);
  const auto one = enter(tried);
  const auto other = enter(tried);
  late.failed();
  EXPECT_EQ(tried.state(), half_open);
  EXPECT_TRUE(refusal_of(tried));
}

TEST_F(CircuitBreakerTest, tells_every_change_with_its_reason) {
  auto tried = breaker(options());
  const auto start = clock_.steady();
  succeed(tried);
  open(tried);
  clock_.advance(5s);
  fail(tried);
  clock_.advance(6s);
  succeed(tried);
  clock_.advance(1s);
  succeed(tried);
  const std::vector<BreakerChange> expected{
      {.from = closed,
       .to = BreakerState::open,
       .why = WhyChanged::too_many_failures,
       .at = start,
       .calls = 4,
       .failures = 3},
      {.from = BreakerState::open, .to = half_open, .why = WhyChanged::cooled_down, .at = start + 5s},
      {.from = half_open, .to = BreakerState::open, .why = WhyChanged::probe_failed, .at = start + 5s},
      {.from = BreakerState::open, .to = half_open, .why = WhyChanged::cooled_down, .at = start + 11s},
      {.from = half_open, .to = closed, .why = WhyChanged::probes_succeeded, .at = start + 12s},
  };
  EXPECT_EQ(changes_, expected);
}

TEST_F(CircuitBreakerTest, an_observer_may_use_the_breaker_and_hears_the_changes_in_order) {
  std::vector<BreakerState> told;
  CircuitBreaker* self = nullptr;
  CircuitBreaker tried(options(), clock_, [&](const BreakerChange& change) {
    told.push_back(change.to);
    if (told.size() > 1) return;
    EXPECT_EQ(self->state(), BreakerState::open);
    clock_.advance(5s);
    fail(*self);
    EXPECT_EQ(told.size(), 1U) << "told of a change in the midst of another";
  });
  self = &tried;
  open(tried);
  EXPECT_EQ(told, (std::vector{BreakerState::open, half_open, BreakerState::open}));
}

TEST_F(CircuitBreakerTest, a_clock_that_jumps_to_its_end_overflows_nothing) {
  base::ManualClock clock(base::WallTime{}, base::SteadyTime::min());
  CircuitBreaker tried(options(), clock);
  fail(tried, 3);
  clock.advance(std::chrono::floor<std::chrono::microseconds>(std::chrono::nanoseconds::max()));
  clock.advance(std::chrono::floor<std::chrono::microseconds>(std::chrono::nanoseconds::max()));
  succeed(tried);
  succeed(tried);
  EXPECT_EQ(tried.state(), BreakerState::closed);
}

using CircuitBreakerDeathTest = CircuitBreakerTest;

TEST_F(CircuitBreakerDeathTest, a_permit_is_answered_once) {
  auto tried = breaker(options());
  auto permit = enter(tried);
  permit.succeeded();
  EXPECT_DEATH(permit.failed(), "answered once");
  EXPECT_DEATH(permit.succeeded(), "answered once");
}

TEST_F(CircuitBreakerDeathTest, a_breaker_that_ends_before_its_permits_is_a_bug) {
  EXPECT_DEATH(
      {
        std::optional<CircuitBreaker> tried(std::in_place, options(), clock_);
        const auto permit = enter(*tried);
        tried.reset();
      },
      "outlives its permits");
}

TEST(BreakerText, says_what_happened_and_what_to_do) {
  EXPECT_EQ(to_string(BreakerRefusal{open, 1200ms}),
            "the circuit is open after failures; try again in 1200 ms");
  EXPECT_EQ(to_string(BreakerRefusal{half_open, 5s}),
            "the circuit is half-open and its probes are under way; try again within 5000 ms");
  EXPECT_EQ(to_string(BreakerChange{.from = closed, .to = open, .calls = 8, .failures = 5}),
            "closed -> open: 5 of 8 calls failed");
  EXPECT_EQ(to_string(BreakerChange{.from = open, .to = half_open, .why = WhyChanged::cooled_down}),
            "open -> half-open: cooled down");
  EXPECT_EQ(to_string(BreakerChange{.from = half_open, .to = open, .why = WhyChanged::probe_failed}),
            "half-open -> open: a probe failed");
  EXPECT_EQ(to_string(BreakerChange{.from = half_open, .to = closed, .why = WhyChanged::probes_succeeded}),
            "half-open -> closed: the probes succeeded");
}

}  // namespace
}  // namespace waybill::resilience
