#include "domain/product.hpp"

#include <gtest/gtest.h>

#include <limits>

#include "domain/reservation.hpp"

namespace shop::inventory {
namespace {

TEST(Product, is_known_by_a_sku_of_plain_characters) {
  for (const auto* sku : {"A", "7", "TEA-GREEN-250", "a.b_c-d"}) EXPECT_TRUE(is_sku(sku)) << sku;
  EXPECT_TRUE(is_sku(std::string(64, 'x')));
  for (const auto* sku : {"", "-A", ".", "a b", "CUP-小", "a/b", "a\n"}) EXPECT_FALSE(is_sku(sku)) << sku;
  EXPECT_FALSE(is_sku(std::string(65, 'x')));
}

TEST(Product, is_priced_in_a_currency_of_three_capitals) {
  EXPECT_TRUE(is_currency("EUR"));
  for (const auto* text : {"", "EU", "EURO", "eur", "E1R"}) EXPECT_FALSE(is_currency(text)) << text;
}

TEST(Product, has_on_hand_what_is_free_and_what_is_set_aside) {
  EXPECT_EQ((Product{.available = 3, .reserved = 4, .sold = 5}.on_hand()), 7);
}

TEST(Product, keeps_its_currency_once_pieces_are_reserved_or_sold) {
  const Money euro{100, "EUR"};
  const Money yen{100, "JPY"};
  EXPECT_TRUE(may_cost({.price = euro, .available = 9}, yen));
  EXPECT_FALSE(may_cost({.price = euro, .reserved = 1}, yen));
  EXPECT_FALSE(may_cost({.price = euro, .sold = 1}, yen));
  EXPECT_TRUE(may_cost({.price = euro, .reserved = 1, .sold = 1}, {200, "EUR"}));
}

TEST(Total, is_the_sum_of_the_lines_or_nothing_where_it_would_overflow) {
  EXPECT_EQ(total_of({{"a", 2, 895}, {"b", 1, 1250}}), 3040);
  EXPECT_EQ(total_of({}), 0);
  constexpr auto most = std::numeric_limits<std::int64_t>::max();
  EXPECT_EQ(total_of({{"a", 1, most}}), most);
  EXPECT_FALSE(total_of({{"a", 2, most}}));
  EXPECT_FALSE(total_of({{"a", 1, most}, {"b", 1, 1}}));
}

}  // namespace
}  // namespace shop::inventory
