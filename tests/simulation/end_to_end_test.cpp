#include "end_to_end.hpp"

#include <gtest/gtest.h>

#include "waybill/simulate/explorer.hpp"

// Everything from a producer's transaction to the reply, in many histories. WAYBILL_SEED replays one alone.

namespace waybill::simulation {
namespace {

const simulate::Size size{.messages = 6, .faults = 20};

simulate::Simulation simulation_of(Mistake mistake) {
  return [mistake](simulate::History& history) { return EndToEnd(history, mistake).run(); };
}

TEST(EndToEndSimulation, loses_nothing_doubles_no_effect_and_keeps_the_order_whatever_the_seed) {
  const auto explored =
      simulate::explore({.seeds = 100'000, .size = size, .most_tries = 5'000}, simulation_of(Mistake::none));
  EXPECT_TRUE(explored) << explored;
}

class EachMistakeEndToEnd : public ::testing::TestWithParam<Mistake> {};

// A simulation that finds nothing proves nothing.
TEST_P(EachMistakeEndToEnd, is_found_by_some_seed_and_told_in_short) {
  const auto explored =
      simulate::search({.seeds = 5'000, .size = size, .most_tries = 5'000}, simulation_of(GetParam()));
  ASSERT_FALSE(explored) << explored;
  RecordProperty("story", explored.to_string());
  EXPECT_LE(explored.failure()->short_faults, 15) << explored;
}

INSTANTIATE_TEST_SUITE_P(
    Of, EachMistakeEndToEnd,
    ::testing::Values(Mistake::reads_ahead_alone, Mistake::sweeps_for_late_rows_alone,
                      Mistake::deletes_before_the_confirm, Mistake::takes_unknown_for_confirmed,
                      Mistake::sends_several_of_a_key, Mistake::forgets_what_is_blocked,
                      Mistake::promotes_without_sending_on, Mistake::acknowledges_before_the_commit,
                      Mistake::dedupes_the_redelivered_only, Mistake::takes_in_doubt_for_committed,
                      Mistake::advances_no_attempt, Mistake::acknowledges_before_a_failure_is_recorded,
                      Mistake::notes_no_beginning, Mistake::replies_in_a_transaction_of_its_own,
                      Mistake::notes_it_handled_in_a_transaction_of_its_own,
                      Mistake::lets_consumers_compete_for_an_ordered_queue, Mistake::writes_without_a_lock));

}  // namespace
}  // namespace waybill::simulation
