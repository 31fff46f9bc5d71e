#include "running/schema_state.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace waybill::service {
namespace {

using State = postgres::MigrationState;
using ::testing::AllOf;
using ::testing::HasSubstr;

std::string why(std::vector<postgres::MigrationStatus> steps) {
  return why_not_current(steps, "order").value_or("current");
}

TEST(Tables, are_current_when_every_step_is_applied_and_also_when_a_newer_program_was_here) {
  EXPECT_EQ(why({{"outbox", 1, "outbox", State::applied}}), "current");
  EXPECT_EQ(why({{"outbox", 1, "outbox", State::applied}, {"outbox", 2, "later", State::removed}}),
            "current");
}

TEST(Tables, that_lack_a_step_are_not_and_the_first_is_named) {
  EXPECT_EQ(why({{"outbox", 1, "outbox", State::applied},
                 {"order", 1, "orders", State::pending},
                 {"order", 12, "more", State::pending}}),
            "2 steps of its tables are pending, the first order 0001_orders; run 'order migrate'");
}

TEST(Tables, that_are_in_disorder_are_not_whatever_else_is_pending) {
  for (const auto state : {State::changed, State::unfinished, State::too_late}) {
    EXPECT_THAT(why({{"order", 1, "orders", State::pending}, {"order", 2, "more", state}}),
                AllOf(HasSubstr("order 0002_more is " + std::string(to_string(state))),
                      HasSubstr("'order migrate' says how to go on")));
  }
}

}  // namespace
}  // namespace waybill::service
