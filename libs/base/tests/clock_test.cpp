#include "waybill/base/clock.hpp"

#include <gtest/gtest.h>

namespace waybill::base {
namespace {

TEST(Clock, the_systems_wall_time_is_of_this_century_and_its_steady_time_does_not_go_back) {
  const Clock& clock = system_clock();
  EXPECT_GT(clock.wall(), WallTime{std::chrono::sys_days{std::chrono::year{2024} / 1 / 1}});
  EXPECT_LT(clock.wall(), WallTime{std::chrono::sys_days{std::chrono::year{2100} / 1 / 1}});
  const auto before = clock.steady();
  EXPECT_GE(clock.steady(), before);
}

TEST(ManualClock, stands_still_until_it_is_moved) {
  ManualClock clock;
  const auto wall = clock.wall();
  const auto steady = clock.steady();
  EXPECT_EQ(clock.wall(), wall);
  clock.advance(std::chrono::seconds{5});
  EXPECT_EQ(clock.wall() - wall, std::chrono::seconds{5});
  EXPECT_EQ(clock.steady() - steady, std::chrono::seconds{5});
}

TEST(ManualClock, wall_time_can_jump_back_while_steady_time_stays) {
  ManualClock clock;
  const auto steady = clock.steady();
  clock.set_wall(WallTime{});
  EXPECT_EQ(clock.wall(), WallTime{});
  EXPECT_EQ(clock.steady(), steady);
}

TEST(ManualClockDeathTest, steady_time_does_not_run_backwards) {
  ManualClock clock;
  EXPECT_DEATH(clock.advance(std::chrono::microseconds{-1}), "steady time does not run backwards");
}

}  // namespace
}  // namespace waybill::base
