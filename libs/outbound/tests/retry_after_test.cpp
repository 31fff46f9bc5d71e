#include "policy/retry_after.hpp"

#include <gtest/gtest.h>

namespace waybill::outbound {
namespace {

using namespace std::chrono_literals;

constexpr base::WallTime now{1'700'000'000s};  // Tue, 14 Nov 2023 22:13:20 GMT

TEST(RetryAfter, is_a_number_of_seconds) {
  EXPECT_EQ(retry_after("0", now), 0s);
  EXPECT_EQ(retry_after(" 120 ", now), 120s);
}

TEST(RetryAfter, is_a_date) {
  EXPECT_EQ(retry_after("Tue, 14 Nov 2023 22:13:50 GMT", now), 30s);
  EXPECT_EQ(retry_after("Tue, 14 Nov 2023 22:13:00 GMT", now), 0s) << "which has passed";
}

// A number that overflows is a wait of zero, or of minus a hundred years, for whoever counts with it.
TEST(RetryAfter, never_overflows) {
  EXPECT_EQ(retry_after("99999999999999999999", now), std::chrono::hours{24 * 365});
  EXPECT_EQ(retry_after("9223372036854775807", now), std::chrono::hours{24 * 365});
  EXPECT_EQ(retry_after("Fri, 31 Dec 9999 23:59:59 GMT", now), std::chrono::hours{24 * 365});
}

TEST(RetryAfter, is_nothing_else) {
  for (const auto* value : {"", "  ", "soon", "-5", "1.5", "3 days"})
    EXPECT_FALSE(retry_after(value, now)) << value;
}

}  // namespace
}  // namespace waybill::outbound
