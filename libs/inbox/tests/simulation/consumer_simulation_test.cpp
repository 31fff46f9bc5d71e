#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>

#include "consumer_simulation.hpp"

// The consumer's machine in many histories, each drawn from its seed. WAYBILL_SEED replays one alone.

namespace waybill::inbox::testing {
namespace {

constexpr std::uint64_t seeds = 100'000;
constexpr std::uint64_t seeds_for_a_mistake = 3'000;

TEST(ConsumerSimulation, gives_each_message_one_effect_or_one_dead_letter_whatever_the_seed) {
  const char* only = std::getenv("WAYBILL_SEED");
  const std::uint64_t first = only == nullptr ? 1 : std::strtoull(only, nullptr, 10);
  const std::uint64_t last = only == nullptr ? seeds : first;
  for (auto seed = first; seed <= last; ++seed) {
    const auto wrong = ConsumerSimulation(seed).run();
    ASSERT_FALSE(wrong) << "seed " << seed << ": " << *wrong << "; WAYBILL_SEED=" << seed
                        << " replays it. In short: " << shrunk(seed);
  }
}

class EachMistake : public ::testing::TestWithParam<Mistake> {};

// A simulation that finds nothing proves nothing.
TEST_P(EachMistake, is_found_by_some_seed_and_told_in_short) {
  for (std::uint64_t seed = 1; seed <= seeds_for_a_mistake; ++seed) {
    if (!ConsumerSimulation(seed, GetParam()).run()) continue;
    const auto story = shrunk(seed, GetParam());
    RecordProperty("story", story);
    EXPECT_LE(std::ranges::count(story, '\n'), 61) << story;
    return;
  }
  ADD_FAILURE() << "no seed up to " << seeds_for_a_mistake << " shows it";
}

INSTANTIATE_TEST_SUITE_P(
    Of, EachMistake,
    ::testing::Values(Mistake::acknowledges_before_the_commit,
                      Mistake::looks_for_copies_of_the_redelivered_only,
                      Mistake::retries_and_gives_up_without_counting, Mistake::takes_in_doubt_for_committed,
                      Mistake::takes_in_doubt_for_undone, Mistake::acknowledges_before_a_failure_is_recorded,
                      Mistake::notes_no_beginning, Mistake::takes_no_beginning_back,
                      Mistake::counts_an_attempt_apart_from_its_retry, Mistake::handles_suspects_together));

}  // namespace
}  // namespace waybill::inbox::testing
