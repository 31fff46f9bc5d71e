#include <gtest/gtest.h>

#include <cstdlib>

#include "simulation.hpp"

// The relay's machine in many histories, each drawn from its seed. WAYBILL_SEED replays one alone.

namespace waybill::outbox::testing {
namespace {

constexpr std::uint64_t seeds = 100'000;
constexpr std::uint64_t seeds_for_a_mistake = 3'000;

TEST(RelaySimulation, loses_no_row_and_keeps_each_keys_order_whatever_the_seed) {
  const char* only = std::getenv("WAYBILL_SEED");
  const std::uint64_t first = only == nullptr ? 1 : std::strtoull(only, nullptr, 10);
  const std::uint64_t last = only == nullptr ? seeds : first;
  for (auto seed = first; seed <= last; ++seed) {
    const auto wrong = RelaySimulation(seed).run();
    ASSERT_FALSE(wrong) << "seed " << seed << ": " << *wrong << "; WAYBILL_SEED=" << seed << " replays it";
  }
}

class EachMistake : public ::testing::TestWithParam<Mistake> {};

// A simulation that finds nothing proves nothing.
TEST_P(EachMistake, is_found_by_some_seed) {
  for (std::uint64_t seed = 1; seed <= seeds_for_a_mistake; ++seed) {
    if (RelaySimulation(seed, GetParam()).run()) return;
  }
  ADD_FAILURE() << "no seed up to " << seeds_for_a_mistake << " shows it";
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
