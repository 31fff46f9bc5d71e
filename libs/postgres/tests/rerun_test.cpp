#include "rerun.hpp"

#include <gtest/gtest.h>

namespace waybill::postgres {
namespace {

using namespace std::chrono_literals;

const Fault conflict(FaultKind::serialization, "");
const Fault broken(FaultKind::unavailable, "", {.connection_lost = true});

TEST(Rerun, a_transaction_that_lost_runs_again_up_to_the_number_of_attempts) {
  Rerun rerun(3, 1);
  EXPECT_TRUE(rerun.after(conflict));
  EXPECT_TRUE(rerun.after(conflict));
  EXPECT_FALSE(rerun.after(conflict));
}

TEST(Rerun, one_attempt_means_no_other) {
  EXPECT_FALSE(Rerun(1, 1).after(conflict));
  EXPECT_FALSE(Rerun(0, 1).after(conflict));
}

TEST(Rerun, a_broken_connection_is_replaced_once_and_at_once) {
  Rerun rerun(3, 1);
  EXPECT_EQ(rerun.after(broken), 0ms);
  EXPECT_FALSE(rerun.after(broken));
}

// To run it again could do it twice.
TEST(Rerun, in_doubt_is_never_run_again) {
  EXPECT_FALSE(Rerun(3, 1).after(Fault(FaultKind::in_doubt, "", {.connection_lost = true})));
}

TEST(Rerun, what_is_permanent_or_may_take_long_is_the_callers) {
  EXPECT_FALSE(Rerun(3, 1).after(Fault(FaultKind::permanent, "")));
  EXPECT_FALSE(Rerun(3, 1).after(Fault(FaultKind::transient, "")));
  EXPECT_FALSE(Rerun(3, 1).after(Fault(FaultKind::unavailable, "")));
}

TEST(Rerun, waits_differ) {
  Rerun one(1'000, 1);
  Rerun other(1'000, 2);
  int same = 0;
  for (int i = 0; i < 100; ++i) same += one.after(conflict) == other.after(conflict) ? 1 : 0;
  EXPECT_LT(same, 20);
}

}  // namespace
}  // namespace waybill::postgres
