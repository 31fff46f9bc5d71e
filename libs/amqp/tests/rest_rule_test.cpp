#include "rest_rule.hpp"

#include <gtest/gtest.h>

#include "start.hpp"

namespace waybill::amqp {
namespace {

using namespace std::chrono_literals;
using tests::start;

TEST(RestRule, keeps_no_message_waiting_that_comes_alone) {
  RestRule rule(256);
  EXPECT_EQ(rule.rest_until(1, false, start), start);
  EXPECT_EQ(rule.rest_until(1, false, start + 1ms), start + 1ms);
}

TEST(RestRule, rests_between_the_small_bursts_of_a_stream) {
  RestRule rule(256);
  rule.rest_until(2, false, start);
  const auto next = start + 20us;
  EXPECT_EQ(rule.rest_until(2, false, next), next + RestRule::rest_time);
  EXPECT_EQ(rule.rest_until(20, false, next + RestRule::rest_time), next + 2 * RestRule::rest_time);
}

// Large messages fill a read by few: a rest after each would let 64 KB through in 150 µs.
TEST(RestRule, reads_on_while_there_is_more_to_read) {
  RestRule rule(256);
  rule.rest_until(1, true, start);
  EXPECT_EQ(rule.rest_until(1, true, start + 20us), start + 20us);
  EXPECT_EQ(rule.rest_until(1, false, start + 40us), start + 40us + RestRule::rest_time);
}

// The broker would have nothing left that it may send.
TEST(RestRule, reads_on_when_a_burst_is_much_of_the_prefetch) {
  RestRule rule(256);
  rule.rest_until(2, false, start);
  EXPECT_EQ(rule.rest_until(33, false, start + 20us), start + 20us);
  RestRule narrow(4);
  narrow.rest_until(1, false, start);
  EXPECT_EQ(narrow.rest_until(1, false, start + 20us), start + 20us);
}

TEST(RestRule, ends_with_the_stream) {
  RestRule rule(256);
  rule.rest_until(2, false, start);
  const auto rested = rule.rest_until(2, false, start + 20us);
  EXPECT_EQ(rule.rest_until(0, false, rested), rested);
  EXPECT_EQ(rule.rest_until(2, false, rested + RestRule::rest_time), rested + RestRule::rest_time);
}

}  // namespace
}  // namespace waybill::amqp
