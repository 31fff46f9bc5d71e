#include <gmock/gmock.h>

#include "saga_story.hpp"

// A table at run time, and the words of its enumerations.

namespace waybill::saga {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;

TEST(SagaPlan, sends_a_command_to_the_service_that_its_package_is_called_after) {
  EXPECT_EQ(service_of("shop.inventory.v1.ReserveStock"), "inventory");
  EXPECT_EQ(service_of("shop.inventory.v12.ReserveStock"), "inventory");
  EXPECT_EQ(service_of("shop.inventory.ReserveStock"), "inventory");
  EXPECT_EQ(service_of("rail.v1.ReserveSeat"), "rail");
  EXPECT_EQ(service_of("rail.ReserveSeat"), "rail");
}

TEST(SagaPlan, takes_a_v_and_a_digit_for_a_version) {
  EXPECT_EQ(service_of("shop.v.ReserveStock"), "v");
  EXPECT_EQ(service_of("shop.vat.ReserveStock"), "vat");
  EXPECT_EQ(service_of("shop.v1beta1.ReserveStock"), "shop");
  EXPECT_EQ(service_of("shop.1.ReserveStock"), "1");
}

TEST(SagaPlan, knows_no_service_of_a_command_without_a_package) {
  EXPECT_EQ(service_of("ReserveStock"), "");
  EXPECT_EQ(service_of("v1.ReserveStock"), "");
  EXPECT_EQ(service_of(""), "");
}

// An undo that went to another service than its step would undo nothing.
TEST(SagaPlan, sends_the_undo_of_a_step_where_the_step_goes_whatever_was_said_first) {
  const auto plan = scattered_plan();
  const auto services = [&](std::string_view step) {
    const auto& row = plan.steps.at(plan.step(step).value());
    return std::vector<std::string>{row.act.service, row.undo.value().service};
  };
  EXPECT_THAT(services("here"), ElementsAre("rail", "rail"));
  EXPECT_THAT(services("said-first"), ElementsAre("depot", "depot"));
  EXPECT_THAT(services("said-last"), ElementsAre("depot", "depot"));
  EXPECT_THAT(services("said-between"), ElementsAre("till", "till"));
}

TEST(SagaPlan, has_its_steps_in_the_order_of_the_table) {
  const auto plan = trip_plan();
  EXPECT_EQ(plan.step("seat"), 0U);
  EXPECT_EQ(plan.step("pay"), 1U);
  EXPECT_EQ(plan.step("ticket"), 2U);
  EXPECT_EQ(plan.step("hotel"), std::nullopt);
  EXPECT_EQ(plan.step(""), std::nullopt);
  EXPECT_EQ(plan.steps[1].act.type, "bank.v1.ChargeCard");
  EXPECT_EQ(plan.steps[1].undo.value().type, "bank.v1.RefundCard");
  EXPECT_EQ(plan.steps[1].undone_by, "bank.v1.CardRefunded");
}

TEST(SagaPlan, knows_where_its_point_of_no_return_is) {
  EXPECT_EQ(trip_plan().point_of_no_return, 2U);
  EXPECT_EQ(lenient_plan().point_of_no_return, 3U) << "behind the last step, where there is none";
  EXPECT_EQ(unstoppable_plan().point_of_no_return, 0U);
}

TEST(SagaPlan, takes_for_a_refusal_what_its_table_calls_one) {
  const auto plan = trip_plan();
  EXPECT_FALSE(plan.steps[0].answer("rail.v1.SeatReserved")->is_refusal);
  EXPECT_TRUE(plan.steps[0].answer("rail.v1.TrainIsFull")->is_refusal);
  EXPECT_EQ(plan.steps[0].answer("rail.v1.SeatReleased"), nullptr) << "the undo's answer is none of the step";
}

// Whoever looks for due sagas never needs to look at a new one before that.
TEST(SagaPlan, has_a_shortest_wait_below_which_no_saga_is_due) {
  EXPECT_EQ(trip_plan().shortest_wait(), 10s);
  EXPECT_EQ(lenient_plan().shortest_wait(), 5s) << "its undo";
  EXPECT_EQ(unstoppable_plan().shortest_wait(), 7s);
  EXPECT_EQ(scattered_plan().shortest_wait(), 4'500ms);
}

TEST(SagaPlan, cancels_by_the_key_and_answers_of_its_definition) {
  const auto plan = trip_plan();
  ASSERT_TRUE(plan.cancel.has_value());
  EXPECT_EQ(plan.cancel->type, "trip.v1.CancelTrip");
  EXPECT_FALSE(lenient_plan().cancel.has_value());
}

TEST(SagaPlan, has_a_word_for_each_outcome_and_reads_it_back) {
  for (auto outcome = Outcome::begun; outcome <= Outcome::unknown_answer;
       outcome = static_cast<Outcome>(static_cast<int>(outcome) + 1)) {
    EXPECT_EQ(outcome_of(to_string(outcome)), outcome);
    EXPECT_NE(to_string(outcome), "unknown");
    EXPECT_FALSE(has_changed(outcome) && is_refused(outcome));
  }
  EXPECT_EQ(outcome_of("bored"), std::nullopt);
  EXPECT_TRUE(has_changed(Outcome::resumed));
  EXPECT_FALSE(has_changed(Outcome::not_due));
  EXPECT_FALSE(is_refused(Outcome::has_ended));
  EXPECT_TRUE(is_refused(Outcome::too_late));
}

TEST(SagaPlan, has_a_word_for_each_status_and_reads_it_back) {
  for (const auto status :
       {Status::running, Status::compensating, Status::completed, Status::compensated, Status::abandoned}) {
    EXPECT_EQ(status_of(to_string(status)), status);
  }
  EXPECT_EQ(status_of("idle"), std::nullopt);
  EXPECT_EQ(to_string(StepStatus::left), "left");
  EXPECT_EQ(to_string(CauseKind::by_operator), "by_operator");
  EXPECT_EQ(to_string(input::Order::compensate), "compensate");
}

}  // namespace
}  // namespace waybill::saga
