#include "waybill/resilience/breaker_options.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <stdexcept>

#include "names_option.hpp"
#include "waybill/resilience/circuit_breaker.hpp"

namespace waybill::resilience {
namespace {

using namespace std::chrono_literals;
using testing::ThrowsMessage;

auto refuses(const BreakerOptions& options) {
  return [options] { check(options); };
}

TEST(BreakerOptions, the_defaults_are_right) {
  EXPECT_NO_THROW(check(BreakerOptions{}));
  EXPECT_NO_THROW(check(BreakerOptions{.opens_on = FailureRatio{}}));
}

TEST(BreakerOptions, an_option_that_cannot_be_right_is_refused_by_name) {
  EXPECT_THAT(refuses({.opens_on = FailureCount{.failures = 0}}), names("failures"));
  EXPECT_THAT(refuses({.opens_on = FailureRatio{.percent = 0}}), names("percent"));
  EXPECT_THAT(refuses({.opens_on = FailureRatio{.percent = 101}}), names("percent"));
  EXPECT_THAT(refuses({.opens_on = FailureRatio{.minimum_calls = 0}}), names("minimum_calls"));
  EXPECT_THAT(refuses({.window = 0ms}), names("window"));
  EXPECT_THAT(refuses({.window = 25h}), names("window"));
  EXPECT_THAT(refuses({.buckets = 0}), names("buckets"));
  EXPECT_THAT(refuses({.buckets = 1'001}), names("buckets"));
  EXPECT_THAT(refuses({.cool_down = -1s}), names("cool_down"));
  EXPECT_THAT(refuses({.cool_down = 25h}), names("cool_down"));
  EXPECT_THAT(refuses({.probes = 0}), names("probes"));
  EXPECT_THAT(refuses({.successes = 0}), names("successes"));
}

TEST(BreakerOptions, a_breaker_checks_its_own) {
  EXPECT_THAT([] { CircuitBreaker({.probes = 0}); }, names("probes"));
}

TEST(BreakerOptions, the_message_says_what_was_given_and_what_is_taken) {
  EXPECT_THAT(refuses({.window = 0ms}),
              ThrowsMessage<std::invalid_argument>("resilience: window is 0 ms; it takes 1 ms to 24 h"));
}

}  // namespace
}  // namespace waybill::resilience
