#include "trip_simulation.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "saga_mistakes.hpp"
#include "waybill/simulate/explorer.hpp"

// The saga of a trip with its participants in many histories, each drawn from its seed. WAYBILL_SEED replays
// one alone.

namespace {

using ::testing::IsEmpty;
using waybill::simulate::Exploration;
using waybill::simulate::explore;
using waybill::simulate::Explored;
using waybill::simulate::search;
using waybill::simulate::Size;

const Size size{.messages = 4, .faults = 40};

TEST(TripSimulation, books_whole_trips_or_none_whatever_the_seed_and_meets_all_that_a_saga_can_meet) {
  auto simulator = trip_simulator();
  const auto explored = explore({.seeds = 1'000'000, .size = size}, simulator);
  EXPECT_TRUE(explored) << explored;
  RecordProperty("coverage", simulator.coverage().to_string());
  if (explored.histories() == 1) return;  // one is replayed
  // What no history has come to is not tested by any.
  EXPECT_THAT(simulator.unseen(), IsEmpty()) << simulator.coverage();
  EXPECT_THAT(simulator.coverage().unforeseen(simulator.faults()), IsEmpty());
}

// Participants are unique by saga, step and epoch so that not even an inbox that forgets everything matters.
TEST(TripSimulation, does_without_inboxes) {
  auto simulator = trip_simulator();
  simulator.mechanism().has_inboxes = false;
  const auto explored = explore({.seeds = 50'000, .size = size}, simulator);
  EXPECT_TRUE(explored) << explored;
}

/// Found among few seeds, and told in short.
void expect_found(const Explored& explored, int most_faults = 4) {
  ASSERT_FALSE(explored) << explored;
  ::testing::Test::RecordProperty("story", explored.to_string());
  const auto& failure = *explored.failure();
  EXPECT_LE(failure.short_size.messages, 2) << explored;
  EXPECT_LE(failure.short_faults, most_faults) << explored;
  EXPECT_LE(failure.story.size(), 40U) << explored;
}

const Exploration few{.seeds = 2'000, .size = size, .most_tries = 30'000};

class EachTripMistake : public ::testing::TestWithParam<TripMistake> {};

// A simulation that finds nothing proves nothing.
TEST_P(EachTripMistake, is_found_by_some_seed) { expect_found(search(few, trip_simulator(GetParam()))); }

INSTANTIATE_TEST_SUITE_P(Of, EachTripMistake,
                         ::testing::Values(TripMistake::seat_leaves_no_tombstone,
                                           TripMistake::charge_leaves_no_tombstone,
                                           TripMistake::charge_is_not_unique,
                                           TripMistake::ticket_is_not_unique,
                                           TripMistake::seat_is_unique_by_epoch_alone));

class EachSagaMistake : public ::testing::TestWithParam<SagaMistake> {};

TEST_P(EachSagaMistake, is_found_by_some_seed) {
  auto simulator = trip_simulator();
  plant(GetParam(), simulator.mechanism());
  // An epoch ends when its step was undone and is begun anew: that takes a few things to go wrong.
  expect_found(search(few, simulator), GetParam() == SagaMistake::ignores_the_epoch ? 8 : 4);
}

// What a saga must keep to shows in what its participants have, too, and nobody tells them the rules.
TEST_P(EachSagaMistake, is_seen_by_the_railway_and_the_bank) {
  auto simulator = trip_simulator();
  plant(GetParam(), simulator.mechanism());
  simulator.mechanism().watches_protocol = false;
  const auto explored = search(few, simulator);
  RecordProperty("story", explored.to_string());
  // They hear of no event.
  const bool is_seen = GetParam() != SagaMistake::publishes_its_end_with_each_repeated_answer;
  EXPECT_EQ(!explored, is_seen) << explored;
}

INSTANTIATE_TEST_SUITE_P(
    Of, EachSagaMistake,
    ::testing::Values(SagaMistake::forgets_an_undo, SagaMistake::ignores_a_refusal,
                      SagaMistake::ignores_an_answer, SagaMistake::ignores_deadlines,
                      SagaMistake::undoes_in_the_order_of_doing, SagaMistake::stops_undoing_early,
                      SagaMistake::ignores_the_epoch, SagaMistake::leaves_a_timed_out_step_alone,
                      SagaMistake::cancels_behind_the_point_of_no_return,
                      SagaMistake::asks_again_under_a_new_epoch,
                      SagaMistake::publishes_its_end_with_each_repeated_answer,
                      SagaMistake::takes_a_late_answer_for_done, SagaMistake::takes_every_version_for_its_own,
                      SagaMistake::sends_before_it_commits, SagaMistake::sends_no_undo_again,
                      SagaMistake::forgets_what_was_abandoned));

}  // namespace
