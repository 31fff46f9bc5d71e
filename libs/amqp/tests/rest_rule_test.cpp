#include "rest_rule.hpp"

#include <gtest/gtest.h>

namespace waybill::amqp {
namespace {

using namespace std::chrono_literals;

const base::SteadyTime start{1h};

TEST(RestRule, keeps_no_message_waiting_that_comes_alone) {
  RestRule rule(256);
  EXPECT_EQ(rule.rest_until(1, start), start);
  EXPECT_EQ(rule.rest_until(1, start + 1ms), start + 1ms);
}

TEST(RestRule, rests_between_the_small_bursts_of_a_stream) {
  RestRule rule(256);
  rule.rest_until(2, start);
  const auto next = start + 20us;
  EXPECT_EQ(rule.rest_until(2, next), next + RestRule::rest_time);
  EXPECT_EQ(rule.rest_until(20, next + RestRule::rest_time), next + 2 * RestRule::rest_time);
}

// The broker would have nothing left that it may send.
TEST(RestRule, reads_on_when_a_burst_is_much_of_the_prefetch) {
  RestRule rule(256);
  rule.rest_until(2, start);
  EXPECT_EQ(rule.rest_until(33, start + 20us), start + 20us);
  RestRule narrow(4);
  narrow.rest_until(1, start);
  EXPECT_EQ(narrow.rest_until(1, start + 20us), start + 20us);
}

TEST(RestRule, ends_with_the_stream) {
  RestRule rule(256);
  rule.rest_until(2, start);
  const auto rested = rule.rest_until(2, start + 20us);
  EXPECT_EQ(rule.rest_until(0, rested), rested);
  EXPECT_EQ(rule.rest_until(2, rested + RestRule::rest_time), rested + RestRule::rest_time);
}

}  // namespace
}  // namespace waybill::amqp
