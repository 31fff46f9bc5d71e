#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "shop_world.hpp"
#include "waybill/simulate/explorer.hpp"

// The saga of an order with the rules of inventory and payment, which are the services' own, in many
// histories, each drawn from its seed. WAYBILL_SEED replays one alone.

namespace shop {
namespace {

using ::testing::IsEmpty;
using waybill::simulate::Exploration;
using waybill::simulate::explore;
using waybill::simulate::search;
using waybill::simulate::Size;

const Size size{.messages = 4, .faults = 40};

TEST(PlaceOrderSimulation, conserves_stock_and_money_whatever_the_seed_and_meets_all_that_an_order_can_meet) {
  auto simulator = shop_simulator();
  const auto explored = explore({.seeds = 1'000'000, .size = size}, simulator);
  EXPECT_TRUE(explored) << explored;
  RecordProperty("coverage", simulator.coverage().to_string());
  if (explored.histories() == 1) return;  // one is replayed
  EXPECT_THAT(simulator.unseen(), IsEmpty()) << simulator.coverage();
  EXPECT_THAT(simulator.coverage().unforeseen(simulator.faults()), IsEmpty());
}

TEST(PlaceOrderSimulation, does_without_inboxes) {
  auto simulator = shop_simulator();
  simulator.mechanism().has_inboxes = false;
  const auto explored = explore({.seeds = 50'000, .size = size}, simulator);
  EXPECT_TRUE(explored) << explored;
}

class EachShopMistake : public ::testing::TestWithParam<Mistake> {};

// A simulation that finds nothing proves nothing.
TEST_P(EachShopMistake, is_found_by_some_seed) {
  const Exploration few{.seeds = 2'000, .size = size, .most_tries = 30'000};
  const auto explored = search(few, shop_simulator(GetParam()));
  ASSERT_FALSE(explored) << explored;
  RecordProperty("story", explored.to_string());
  EXPECT_LE(explored.failure()->short_size.messages, 2) << explored;
}

INSTANTIATE_TEST_SUITE_P(
    Of, EachShopMistake,
    ::testing::Values(Mistake::stock_keeps_no_tombstone, Mistake::payment_keeps_no_tombstone,
                      Mistake::stock_forgets_reservations, Mistake::payment_forgets_charges,
                      Mistake::stock_gives_nothing_back, Mistake::payment_is_found_by_epoch_alone));

}  // namespace
}  // namespace shop
