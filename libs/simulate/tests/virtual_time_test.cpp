#include "waybill/simulate/virtual_time.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "waybill/base/deadline.hpp"

namespace waybill::simulate {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;

class VirtualTimeTest : public ::testing::Test {
 protected:
  VirtualTime::Happening note(const std::string& what) {
    return [this, what] { noted_.push_back(what + "@" + std::to_string(time_.elapsed() / 1ms)); };
  }

  VirtualTime time_;
  std::vector<std::string> noted_;
};

TEST_F(VirtualTimeTest, lets_things_happen_in_the_order_of_their_times_and_then_of_asking) {
  time_.after(5ms, note("b"));
  time_.after(2ms, note("a"));
  time_.after(5ms, note("c"));
  while (time_.run_next()) {
  }
  EXPECT_THAT(noted_, ElementsAre("a@2", "b@5", "c@5"));
  EXPECT_TRUE(time_.is_quiet());
}

TEST_F(VirtualTimeTest, passes_with_what_happens_in_it_and_stands_at_its_end) {
  time_.after(3ms, note("a"));
  time_.after(11ms, note("b"));
  time_.pass(10ms);
  EXPECT_THAT(noted_, ElementsAre("a@3"));
  EXPECT_EQ(time_.elapsed(), 10ms);
  EXPECT_EQ(time_.waiting(), 1U);
}

TEST_F(VirtualTimeTest, lets_a_happening_ask_for_others) {
  time_.after(1ms, [this] {
    time_.after(1ms, note("next"));
    time_.at(time_.now() - 1h, note("late"));
  });
  time_.pass(5ms);
  EXPECT_THAT(noted_, ElementsAre("late@1", "next@2"));
}

TEST_F(VirtualTimeTest, lets_nothing_happen_that_was_called_off) {
  const auto ticket = time_.after(1ms, note("a"));
  const auto other = time_.after(1ms, note("b"));
  EXPECT_TRUE(time_.call_off(ticket));
  EXPECT_FALSE(time_.call_off(ticket));
  time_.pass(2ms);
  EXPECT_THAT(noted_, ElementsAre("b@1"));
  EXPECT_FALSE(time_.call_off(other));
  EXPECT_FALSE(time_.call_off({}));
}

// The place of what was called off is used again, but by the old ticket nobody gets at the new one.
TEST_F(VirtualTimeTest, calls_nothing_off_by_a_ticket_of_before) {
  const auto old = time_.after(1ms, note("a"));
  time_.call_off(old);
  time_.after(1ms, note("b"));
  EXPECT_FALSE(time_.call_off(old));
  time_.pass(2ms);
  EXPECT_THAT(noted_, ElementsAre("b@1"));
}

TEST_F(VirtualTimeTest, is_a_clock_for_whatever_takes_one) {
  const auto deadline = base::Deadline::after(10ms, time_);
  const auto wall = time_.wall();
  time_.pass(9ms);
  EXPECT_FALSE(deadline.passed(time_));
  time_.pass(1ms);
  EXPECT_TRUE(deadline.passed(time_));
  EXPECT_EQ(time_.wall() - wall, 10ms);
}

}  // namespace
}  // namespace waybill::simulate
