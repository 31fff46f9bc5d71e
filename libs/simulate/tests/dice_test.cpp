#include "waybill/simulate/dice.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <numeric>
#include <vector>

namespace waybill::simulate {
namespace {

std::vector<std::uint64_t> draws(Dice& dice, int count) {
  std::vector<std::uint64_t> drawn;
  for (int i = 0; i < count; ++i) drawn.push_back(dice.draw());
  return drawn;
}

// The places, among a hundred questions, at which a fault strikes.
std::vector<int> strikes(const Size& size) {
  Dice dice(7, size);
  std::vector<int> places;
  for (int place = 0; place < 100; ++place) {
    if (dice.strikes(20)) places.push_back(place);
  }
  return places;
}

TEST(Dice, fall_alike_for_one_seed_and_otherwise_for_the_next) {
  Dice first(1);
  Dice again(1);
  Dice next(2);
  const auto drawn = draws(first, 50);
  EXPECT_EQ(draws(again, 50), drawn);
  const auto others = draws(next, 50);
  EXPECT_NE(others, drawn);
  // Nor shifted by one, as those of a counter would be.
  EXPECT_THAT(others, ::testing::Each(::testing::Not(::testing::AnyOfArray(drawn))));
}

// What a seed showed on one machine must show on every other.
TEST(Dice, fall_as_they_did_when_this_was_written) {
  Dice dice(42);
  EXPECT_EQ(dice.below(1'000'000), 504'610U);
  EXPECT_EQ(dice.below(1'000'000), 332'169U);
}

TEST(Dice, keep_to_their_bounds_and_reach_them) {
  Dice dice(3);
  std::vector<int> seen(4, 0);
  for (int i = 0; i < 400; ++i) ++seen[static_cast<std::size_t>(dice.between(-1, 2) + 1)];
  EXPECT_THAT(seen, ::testing::Each(::testing::Gt(50)));
  EXPECT_EQ(dice.below(1), 0U);
  EXPECT_FALSE(dice.chance(0));
  EXPECT_TRUE(dice.chance(100));
}

TEST(Dice, shuffle_without_losing_anything) {
  Dice dice(5);
  std::vector<int> numbers(20);
  std::iota(numbers.begin(), numbers.end(), 0);
  const auto before = numbers;
  dice.shuffle(numbers);
  EXPECT_NE(numbers, before);
  EXPECT_THAT(numbers, ::testing::UnorderedElementsAreArray(before));
}

// A run that could be struck for ever would never end.
TEST(Dice, deal_out_no_more_faults_than_there_are) {
  EXPECT_EQ(strikes({.faults = 3}).size(), 3U);
  EXPECT_TRUE(strikes({.faults = 0}).empty());
}

TEST(Dice, strike_at_the_same_places_when_there_are_fewer_faults_or_some_are_spared) {
  const auto all = strikes({.faults = 5});
  EXPECT_EQ(strikes({.faults = 4}), std::vector(all.begin(), all.end() - 1));
  EXPECT_EQ(strikes({.faults = 5, .spared = {0, 3}}), (std::vector{all[1], all[2], all[4]}));
}

// What a simulation draws besides must not change when a fault less strikes.
TEST(Dice, fall_alike_whether_faults_strike_or_not) {
  Dice struck(9, {.faults = 100});
  Dice spared(9, {.faults = 0});
  for (int i = 0; i < 20; ++i) {
    struck.strikes(50);
    spared.strikes(50);
    EXPECT_EQ(struck.draw(), spared.draw());
  }
}

TEST(Dice, strike_no_more_once_somebody_calls_for_calm) {
  Dice dice(1);
  EXPECT_TRUE(dice.strikes(100));
  dice.calm();
  EXPECT_FALSE(dice.strikes(100));
  EXPECT_EQ(dice.faults_struck(), 1);
}

}  // namespace
}  // namespace waybill::simulate
