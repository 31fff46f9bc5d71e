#include "domain/counts.hpp"

#include <gmock/gmock.h>

#include <algorithm>
#include <chrono>
#include <vector>

namespace shop::analytics {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;

constexpr WallTime noon{std::chrono::sys_days{std::chrono::January / 31 / 2026} + 12h};

Order placed(WallTime at) { return {.placed_at = at}; }
Order confirmed(WallTime at, std::int64_t minor_units, std::string currency = "EUR") {
  return {.ending = Ending{.at = at,
                           .outcome = Outcome::confirmed,
                           .currency = std::move(currency),
                           .minor_units = minor_units}};
}
Order cancelled(WallTime at, Reason reason) { return {.ending = Ending{.at = at, .reason = reason}}; }

Order joined(const std::vector<Order>& told) {
  Order order;
  for (const auto& one : told) order = join(order, one);
  return order;
}

Counts counted(const std::vector<Order>& told) {
  Counts counts;
  std::optional<Order> known;
  Order order;
  for (const auto& one : told) {
    order = join(order, one);
    counts.change(known, order);
    known = order;
  }
  return counts;
}

// Two ends of one order should not be told. Where they are, which one counts must not hang on luck.
TEST(Orders, are_the_same_in_whatever_order_they_are_told_of_and_however_often) {
  const std::vector<std::vector<Order>> stories{
      {placed(noon), confirmed(noon + 1s, 500)},
      {placed(noon), cancelled(noon + 1s, Reason::timed_out)},
      {placed(noon), placed(noon + 1s), confirmed(noon + 2s, 500), cancelled(noon + 3s, Reason::by_operator)},
      {confirmed(noon, 500), cancelled(noon, Reason::by_operator), cancelled(noon, Reason::timed_out)},
      {confirmed(noon, 500), confirmed(noon, 501), confirmed(noon, 500, "USD")},
  };
  for (const auto& story : stories) {
    std::vector<std::size_t> turns;
    for (std::size_t i = 0; i < 2 * story.size(); ++i) turns.push_back(i / 2);
    const auto expected = joined(story);
    const auto expected_counts = counted(story);
    do {
      std::vector<Order> told;
      for (const auto turn : turns) told.push_back(story[turn]);
      ASSERT_EQ(joined(told), expected);
      const auto counts = counted(told);
      ASSERT_EQ(counts.orders(), expected_counts.orders());
      ASSERT_EQ(counts.revenue(), expected_counts.revenue());
    } while (std::ranges::next_permutation(turns).found);
  }
}

TEST(Orders, end_as_was_told_last_by_the_time_of_the_events) {
  EXPECT_EQ(joined({confirmed(noon, 5), cancelled(noon + 1us, Reason::by_operator)}),
            cancelled(noon + 1us, Reason::by_operator));
  EXPECT_EQ(joined({confirmed(noon + 1us, 5), cancelled(noon, Reason::by_operator)}),
            confirmed(noon + 1us, 5));
}

TEST(Counts, move_an_order_from_open_to_its_end) {
  Counts counts;
  const auto first = placed(noon);
  counts.change(std::nullopt, first);
  EXPECT_THAT(counts.orders(), ElementsAre(Pair(Place{Status::open}, 1)));
  counts.change(first, join(first, cancelled(noon, Reason::out_of_stock)));
  EXPECT_THAT(counts.orders(), ElementsAre(Pair(Place{Status::cancelled, Reason::out_of_stock}, 1)));
  EXPECT_THAT(counts.revenue(), IsEmpty());
}

TEST(Counts, sum_what_is_confirmed_by_the_utc_day_of_its_end_and_by_currency) {
  const WallTime midnight{std::chrono::ceil<std::chrono::days>(noon)};
  Counts counts;
  counts.change(std::nullopt, confirmed(noon, 100));
  counts.change(std::nullopt, confirmed(midnight - 1us, 20));
  counts.change(std::nullopt, confirmed(midnight, 3));
  counts.change(std::nullopt, confirmed(noon, 7, "USD"));
  const std::chrono::sys_days day{std::chrono::January / 31 / 2026};
  EXPECT_THAT(counts.orders(), ElementsAre(Pair(Place{Status::confirmed}, 4)));
  EXPECT_THAT(counts.revenue(),
              ElementsAre(Pair(Till{day, "EUR"}, Revenue{2, 120}), Pair(Till{day, "USD"}, Revenue{1, 7}),
                          Pair(Till{day + std::chrono::days{1}, "EUR"}, Revenue{1, 3})));
}

TEST(Counts, take_back_what_an_earlier_end_had_added) {
  Counts counts;
  const auto sold = confirmed(noon, 100);
  counts.change(sold, join(sold, cancelled(noon + 1s, Reason::by_operator)));
  EXPECT_THAT(counts.orders(), ElementsAre(Pair(Place{Status::cancelled, Reason::by_operator}, 1),
                                           Pair(Place{Status::confirmed}, -1)));
  EXPECT_THAT(counts.revenue(),
              ElementsAre(Pair(Till{std::chrono::floor<std::chrono::days>(noon), "EUR"}, Revenue{-1, -100})));
}

TEST(Currencies, are_three_capital_letters) {
  EXPECT_TRUE(is_currency("EUR"));
  for (const auto* wrong : {"", "EU", "EURO", "eur", "E R", "É1"}) EXPECT_FALSE(is_currency(wrong)) << wrong;
}

}  // namespace
}  // namespace shop::analytics
