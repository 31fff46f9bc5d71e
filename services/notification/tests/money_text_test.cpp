#include "domain/money_text.hpp"

#include <gtest/gtest.h>

#include <limits>

namespace shop::notification {
namespace {

TEST(MoneyText, has_as_many_digits_behind_the_point_as_the_currency) {
  EXPECT_EQ(money_text(1'999, "EUR"), "19.99 EUR");
  EXPECT_EQ(money_text(1'999, "JPY"), "1999 JPY");
  EXPECT_EQ(money_text(1'999, "KWD"), "1.999 KWD");
  EXPECT_EQ(money_text(19'999, "CLF"), "1.9999 CLF");
  EXPECT_EQ(money_text(1'999, "XXQ"), "19.99 XXQ") << "most have two";
}

TEST(MoneyText, has_a_digit_before_the_point_and_all_behind) {
  EXPECT_EQ(money_text(0, "EUR"), "0.00 EUR");
  EXPECT_EQ(money_text(5, "EUR"), "0.05 EUR");
  EXPECT_EQ(money_text(50, "EUR"), "0.50 EUR");
  EXPECT_EQ(money_text(100, "EUR"), "1.00 EUR");
  EXPECT_EQ(money_text(7, "KWD"), "0.007 KWD");
  EXPECT_EQ(money_text(0, "JPY"), "0 JPY");
}

TEST(MoneyText, knows_what_is_owed) {
  EXPECT_EQ(money_text(-5, "EUR"), "-0.05 EUR");
  EXPECT_EQ(money_text(std::numeric_limits<std::int64_t>::min(), "EUR"), "-92233720368547758.08 EUR");
  EXPECT_EQ(money_text(std::numeric_limits<std::int64_t>::max(), "KWD"), "9223372036854775.807 KWD");
}

}  // namespace
}  // namespace shop::notification
