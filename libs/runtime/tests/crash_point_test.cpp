#include "waybill/runtime/crash_point.hpp"

#include <gtest/gtest.h>

#include <stdexcept>

namespace waybill::runtime {
namespace {

void pass(int times) {
  for (int i = 0; i < times; ++i) CRASH_POINT("test.here");
}

class CrashPoint : public testing::Test {
 protected:
  ~CrashPoint() override { arm_crash_point(""); }
};
using CrashPointDeathTest = CrashPoint;

TEST_F(CrashPoint, does_nothing_unless_it_is_armed) {
  pass(1'000);
  arm_crash_point("test.elsewhere");
  pass(1'000);
}

TEST_F(CrashPointDeathTest, kills_the_process_at_the_pass_that_was_asked_for) {
  arm_crash_point("test.here:3");
  pass(2);
  EXPECT_EXIT(pass(1), testing::KilledBySignal(SIGKILL), "");
  arm_crash_point("test.here");
  EXPECT_EXIT(pass(1), testing::KilledBySignal(SIGKILL), "");
}

TEST_F(CrashPoint, is_not_armed_by_what_cannot_be_understood) {
  for (const auto* wrong :
       {"test.here:", "test.here:0", "test.here:x", "test.here:3x", ":3", "test.here:-1"}) {
    EXPECT_THROW(arm_crash_point(wrong), std::invalid_argument) << wrong;
  }
  pass(1);
}

}  // namespace
}  // namespace waybill::runtime
