#include "waybill/message/outcome.hpp"

#include <gtest/gtest.h>

namespace waybill::message {
namespace {

TEST(Outcome, says_what_became_of_the_message) {
  EXPECT_EQ(to_string(Confirmed{}), "confirmed");
  EXPECT_EQ(to_string(Nacked{}), "nacked");
  EXPECT_EQ(to_string(Returned{312, "NO_ROUTE"}), "returned: 312 NO_ROUTE");
  EXPECT_EQ(to_string(Unknown{"the connection ended", true}), "unknown: the connection ended");
  EXPECT_EQ(to_string(Unknown{"the window was full", false}), "unknown, never sent: the window was full");
}

TEST(Outcome, only_confirmed_is_confirmed) {
  EXPECT_TRUE(is_confirmed(Confirmed{}));
  EXPECT_FALSE(is_confirmed(Nacked{}));
  EXPECT_FALSE(is_confirmed(Returned{}));
  EXPECT_FALSE(is_confirmed(Unknown{}));
}

}  // namespace
}  // namespace waybill::message
