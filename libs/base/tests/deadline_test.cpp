#include "waybill/base/deadline.hpp"

#include <gtest/gtest.h>

namespace waybill::base {
namespace {

using std::chrono::milliseconds;
using std::chrono::nanoseconds;
using std::chrono::seconds;

TEST(Deadline, passes_at_its_moment_and_not_before) {
  ManualClock clock;
  const auto deadline = Deadline::after(seconds{1}, clock);
  clock.advance(milliseconds{999});
  EXPECT_FALSE(deadline.passed(clock));
  EXPECT_EQ(deadline.remaining(clock), milliseconds{1});
  clock.advance(milliseconds{1});
  EXPECT_TRUE(deadline.passed(clock));
  clock.advance(seconds{1});
  EXPECT_EQ(deadline.remaining(clock), nanoseconds{0});
}

TEST(Deadline, a_jump_of_the_wall_clock_does_not_move_it) {
  ManualClock clock;
  const auto deadline = Deadline::after(seconds{1}, clock);
  clock.set_wall(clock.wall() + std::chrono::hours{24});
  EXPECT_FALSE(deadline.passed(clock));
}

TEST(Deadline, never_does_not_pass_and_a_duration_beyond_the_clock_is_never) {
  ManualClock clock;
  EXPECT_FALSE(Deadline::never().passed(clock));
  EXPECT_EQ(Deadline::never().remaining(clock), nanoseconds::max());
  EXPECT_TRUE(Deadline::after(nanoseconds::max(), clock).is_never());
}

// poll(2) with the time rounded down to zero would spin through the last millisecond.
TEST(Deadline, milliseconds_for_poll_are_rounded_up_and_bounded) {
  ManualClock clock;
  const auto deadline = Deadline::after(std::chrono::microseconds{300}, clock);
  EXPECT_EQ(deadline.remaining_ms(seconds{1}, clock), milliseconds{1});
  EXPECT_EQ(Deadline::after(seconds{5}, clock).remaining_ms(seconds{1}, clock), milliseconds{1000});
  EXPECT_EQ(Deadline::never().remaining_ms(seconds{1}, clock), milliseconds{1000});
  clock.advance(seconds{1});
  EXPECT_EQ(deadline.remaining_ms(seconds{1}, clock), milliseconds{0});
}

TEST(Deadline, the_earlier_of_two_is_the_earlier_one) {
  ManualClock clock;
  const auto soon = Deadline::after(seconds{1}, clock);
  EXPECT_EQ(Deadline::never().earlier_of(soon), soon);
  EXPECT_EQ(soon.earlier_of(Deadline::after(seconds{2}, clock)), soon);
}

}  // namespace
}  // namespace waybill::base
