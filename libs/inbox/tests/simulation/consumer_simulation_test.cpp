#include "consumer_simulation.hpp"

#include <gtest/gtest.h>

#include <set>

#include "waybill/simulate/explorer.hpp"

// The consumer's machine in many histories, each drawn from its seed. WAYBILL_SEED replays one alone.

namespace waybill::inbox::testing {
namespace {

simulate::Simulation simulation_of(Mistake mistake) {
  return [mistake](simulate::History& history) { return ConsumerSimulation(history, mistake).run(); };
}

TEST(ConsumerSimulation, gives_each_message_one_effect_or_one_dead_letter_whatever_the_seed) {
  const auto explored = simulate::explore({.seeds = 100'000}, simulation_of(Mistake::none));
  EXPECT_TRUE(explored) << explored;
}

class EachMistake : public ::testing::TestWithParam<Mistake> {};

// A simulation that finds nothing proves nothing.
TEST_P(EachMistake, is_found_by_some_seed) {
  const auto explored = simulate::search({.seeds = 3'000}, simulation_of(GetParam()));
  ASSERT_FALSE(explored) << explored;
  RecordProperty("story", explored.to_string());
  // Before a message with nothing wrong is given up, three ends must be counted for it.
  const std::set long_ones{Mistake::takes_no_beginning_back, Mistake::counts_a_beginning_in_doubt_twice,
                           Mistake::stops_without_taking_back};
  if (long_ones.contains(GetParam())) return;
  EXPECT_LT(explored.failure()->short_size.messages + explored.failure()->short_faults, 40) << explored;
}

INSTANTIATE_TEST_SUITE_P(
    Of, EachMistake,
    ::testing::Values(Mistake::acknowledges_before_the_commit,
                      Mistake::looks_for_copies_of_the_redelivered_only,
                      Mistake::retries_and_gives_up_without_counting, Mistake::takes_in_doubt_for_committed,
                      Mistake::takes_in_doubt_for_undone, Mistake::acknowledges_before_a_failure_is_recorded,
                      Mistake::notes_no_beginning, Mistake::takes_no_beginning_back,
                      Mistake::counts_an_attempt_apart_from_its_retry, Mistake::handles_suspects_together,
                      Mistake::counts_a_beginning_in_doubt_twice, Mistake::stops_without_taking_back));

}  // namespace
}  // namespace waybill::inbox::testing
