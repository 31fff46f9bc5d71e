#include "waybill/saga_simulation/coverage.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "parcels.hpp"
#include "waybill/simulate/explorer.hpp"

namespace waybill::saga_simulation::testing {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

TEST(Coverage, is_of_all_that_can_be_after_many_histories_and_of_nothing_else) {
  auto simulator = parcel_simulator();
  const auto explored = simulate::search({.seeds = 25'000, .size = {.messages = 3, .faults = 20}}, simulator);
  EXPECT_TRUE(explored) << explored;
  EXPECT_THAT(simulator.unseen(), IsEmpty()) << simulator.coverage();
  EXPECT_THAT(simulator.coverage().unforeseen(simulator.faults()), IsEmpty());
}

TEST(Coverage, names_what_was_not_seen) {
  auto simulator = parcel_simulator();
  simulator.faults() = no_faults;
  simulate::History history(1, {.messages = 1, .faults = 0});
  EXPECT_FALSE(simulator(history).has_value());
  EXPECT_THAT(simulator.unseen(),
              AllOf(Contains("send-parcel, version 1: running, at 'pack', TooLarge (pack): step_refused"),
                    Contains("send-parcel, version 1: running, at 'pack', due: step_timed_out"),
                    Contains("send-parcel, version 1: compensating, at 'pack', Packed (pack): late"),
                    Not(Contains(HasSubstr("Packed (pack): step_done")))));
}

// What is not asked for need not be seen: a table without cancellation, a simulation without operators.
TEST(Coverage, expects_no_input_that_the_simulation_does_not_make) {
  auto simulator = parcel_simulator();
  simulator.faults() = no_faults;
  EXPECT_THAT(simulator.unseen(),
              AllOf(Not(Contains(HasSubstr("cancel:"))), Not(Contains(HasSubstr("retry:"))),
                    Not(Contains(HasSubstr("abandoned"))), Not(Contains(HasSubstr("not_due"))),
                    // An epoch ends when somebody turns the saga forward.
                    Not(Contains(HasSubstr("other_epoch")))));
  simulator.faults().resumes = 1;
  EXPECT_THAT(simulator.unseen(),
              Contains("send-parcel, version 1: running, at 'send', Packed (pack): other_epoch"));
}

TEST(Coverage, prints_what_became_of_each_input_in_each_state) {
  auto simulator = parcel_simulator();
  simulator.faults() = no_faults;
  for (std::uint64_t seed = 1; seed <= 3; ++seed) {
    simulate::History history(seed, {.messages = 1, .faults = 0});
    EXPECT_FALSE(simulator(history).has_value());
  }
  EXPECT_EQ(simulator.coverage().to_string(),
            "send-parcel, version 1\n"
            "  running, at 'pack'  Packed (pack)  step_done 3\n"
            "  running, at 'send'  IsSent (send)  step_done 3\n");
}

}  // namespace
}  // namespace waybill::saga_simulation::testing
