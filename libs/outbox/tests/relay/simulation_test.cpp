#include "simulation.hpp"

#include <gtest/gtest.h>

#include "waybill/simulate/explorer.hpp"

// The relay's machine in many histories, each drawn from its seed. WAYBILL_SEED replays one alone.

namespace waybill::outbox::testing {
namespace {

const simulate::Size size{.messages = 45, .faults = 60};

simulate::Simulation simulation_of(Mistake mistake) {
  return [mistake](simulate::History& history) { return RelaySimulation(history, mistake).run(); };
}

TEST(RelaySimulation, loses_no_row_and_keeps_each_keys_order_whatever_the_seed) {
  const auto explored = simulate::explore({.seeds = 100'000, .size = size}, simulation_of(Mistake::none));
  EXPECT_TRUE(explored) << explored;
}

class EachMistake : public ::testing::TestWithParam<Mistake> {};

// A simulation that finds nothing proves nothing.
TEST_P(EachMistake, is_found_by_some_seed_and_told_in_short) {
  const auto explored = simulate::search({.seeds = 3'000, .size = size}, simulation_of(GetParam()));
  ASSERT_FALSE(explored) << explored;
  RecordProperty("story", explored.to_string());
  EXPECT_LE(explored.failure()->short_size.messages, 20) << explored;
  EXPECT_LE(explored.failure()->short_faults, 5) << explored;
}

std::string name_of(const ::testing::TestParamInfo<Mistake>& mistake) {
  switch (mistake.param) {
    case Mistake::none:
      return "none";
    case Mistake::cursor_alone:
      return "cursor_alone";
    case Mistake::sweep_alone:
      return "sweep_alone";
    case Mistake::delete_before_confirm:
      return "delete_before_confirm";
    case Mistake::unknown_taken_for_confirmed:
      return "unknown_taken_for_confirmed";
    case Mistake::several_under_way_per_key:
      return "several_under_way_per_key";
    case Mistake::blocked_rows_overtaken:
      return "blocked_rows_overtaken";
    case Mistake::outcome_of_another_term:
      return "outcome_of_another_term";
  }
  return "unknown";
}

INSTANTIATE_TEST_SUITE_P(Of, EachMistake,
                         ::testing::Values(Mistake::cursor_alone, Mistake::sweep_alone,
                                           Mistake::delete_before_confirm,
                                           Mistake::unknown_taken_for_confirmed,
                                           Mistake::several_under_way_per_key,
                                           Mistake::blocked_rows_overtaken, Mistake::outcome_of_another_term),
                         name_of);

}  // namespace
}  // namespace waybill::outbox::testing
