#include "waybill/base/ensure.hpp"

#include <gtest/gtest.h>

namespace waybill::base {
namespace {

TEST(Ensure, lets_pass_what_holds_and_evaluates_it_once) {
  int evaluated = 0;
  ENSURE(++evaluated == 1);
  EXPECT_EQ(evaluated, 1);
}

TEST(EnsureDeathTest, aborts_and_says_what_does_not_hold_and_where) {
  EXPECT_DEATH(ENSURE(1 + 1 == 3),
               "ensure_test.cpp:[0-9]+: ENSURE\\(1 \\+ 1 == 3\\) does not hold; this is a bug");
  EXPECT_DEATH(ENSURE(false, "sums add up"), "ENSURE\\(false\\) does not hold: sums add up; this is a bug");
}

}  // namespace
}  // namespace waybill::base
