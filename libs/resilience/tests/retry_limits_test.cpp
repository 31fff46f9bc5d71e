#include "waybill/resilience/retry_limits.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>
#include <stdexcept>

#include "names_option.hpp"
#include "waybill/resilience/retry.hpp"

namespace waybill::resilience {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::ThrowsMessage;

auto refuses(const RetryLimits& limits) {
  return [limits] { check(limits); };
}

TEST(RetryLimits, the_defaults_are_right) { EXPECT_NO_THROW(check(RetryLimits{})); }

TEST(RetryLimits, a_limit_that_cannot_be_right_is_refused_by_name) {
  EXPECT_THAT(refuses({.attempts = 0}), names("attempts"));
  EXPECT_THAT(refuses({.initial_delay = 0ms}), names("initial_delay"));
  EXPECT_THAT(refuses({.initial_delay = 2s, .maximum_delay = 1s}), names("initial_delay"));
  EXPECT_THAT(refuses({.maximum_delay = 0ms}), names("maximum_delay"));
  EXPECT_THAT(refuses({.multiplier = 0.5}), names("multiplier"));
  EXPECT_THAT(refuses({.multiplier = std::numeric_limits<double>::quiet_NaN()}), names("multiplier"));
  EXPECT_THAT(refuses({.multiplier = std::numeric_limits<double>::infinity()}), names("multiplier"));
  EXPECT_THAT(refuses({.within = 0ns}), names("within"));
  EXPECT_THAT(refuses({.within = -1s}), names("within"));
}

// A delay beyond what a double holds exactly would be drawn from a range that does not exist.
TEST(RetryLimits, a_delay_beyond_a_day_is_refused) {
  EXPECT_NO_THROW(check(RetryLimits{.maximum_delay = 24h}));
  EXPECT_THAT(refuses({.maximum_delay = std::chrono::milliseconds{24h} + 1ms}), names("maximum_delay"));
  EXPECT_THAT(refuses({.maximum_delay = std::chrono::milliseconds::max()}), names("maximum_delay"));
}

TEST(RetryLimits, the_message_says_what_was_given_and_what_is_taken) {
  EXPECT_THAT(refuses({.initial_delay = 2s, .maximum_delay = 1s}),
              ThrowsMessage<std::invalid_argument>(
                  "resilience: initial_delay is 2000 ms; it takes 1 ms to maximum_delay, 1000 ms"));
}

TEST(RetryPolicy, one_that_does_not_say_what_is_worth_a_retry_is_refused) {
  EXPECT_THAT(([] { Retry<int>({.limits = {}, .worth_it = {}}, 1); }),
              ThrowsMessage<std::invalid_argument>(HasSubstr("worth_it is missing")));
}

TEST(RetryPolicy, its_limits_are_checked_too) {
  EXPECT_THAT(([] { Retry<int>({.limits = {.attempts = 0}, .worth_it = [](int) { return true; }}, 1); }),
              names("attempts"));
  EXPECT_THAT(([] { RetrySchedule({.attempts = 0}, 1); }), names("attempts"));
}

}  // namespace
}  // namespace waybill::resilience
