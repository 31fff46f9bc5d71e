#include "running/database_watch.hpp"

#include <gtest/gtest.h>

namespace waybill::service {
namespace {

using namespace std::chrono_literals;

TEST(Clock, may_be_a_minute_off_the_databases_and_not_more) {
  const base::WallTime theirs{1'700'000'000s};
  for (const auto off : {0s, 60s, -60s}) EXPECT_FALSE(why_clock_is_off(theirs + off, theirs));
  EXPECT_EQ(why_clock_is_off(theirs + 61s, theirs),
            "this machine's clock is 61 s ahead of the database's; set the one that is wrong");
  EXPECT_EQ(why_clock_is_off(theirs - 2h, theirs),
            "this machine's clock is 7200 s behind the database's; set the one that is wrong");
}

}  // namespace
}  // namespace waybill::service
