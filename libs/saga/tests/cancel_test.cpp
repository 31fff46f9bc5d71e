#include <gtest/gtest.h>

#include "saga_story.hpp"

// A saga may be cancelled until its point of no return. Whoever cancels learns which of the two it was.

namespace waybill::saga {
namespace {

using namespace std::chrono_literals;
using input::Order;

TEST(SagaCancel, undoes_the_first_step_while_nobody_knows_whether_it_was_done) {
  auto trip = trip_at_seat();
  trip.cancel("the traveller").gives(Outcome::cancelled, "undo seat").stands(Status::compensating, "seat");
  EXPECT_EQ(trip.saga().cause, (Cause{CauseKind::cancelled, "seat", "the traveller"}));
  trip.answer("seat", seat_released()).gives(Outcome::step_undone, "compensated");
}

TEST(SagaCancel, undoes_all_that_was_begun) {
  auto trip = trip_at_pay();
  trip.cancel().gives(Outcome::cancelled, "undo pay");
  EXPECT_EQ(trip.saga().cause.step, "pay");
  trip.answer("pay", card_refunded()).gives(Outcome::step_undone, "undo seat");
  trip.answer("seat", seat_released()).gives(Outcome::step_undone, "compensated");
}

// The last answer before the point of no return and the cancellation come together: one of them is first, and
// the other must not get its way as well.
TEST(SagaCancel, is_too_late_once_the_point_of_no_return_is_passed) {
  auto trip = trip_at_pay();
  trip.answer("pay", card_charged()).gives(Outcome::step_done, "ticket");
  trip.cancel().gives(Outcome::too_late).stands(Status::running, "ticket");
  trip.answer("ticket", ticket_issued()).gives(Outcome::step_done, "completed");
  trip.cancel().gives(Outcome::too_late).stands(Status::completed, "ticket");
}

TEST(SagaCancel, wins_when_it_comes_just_before_the_answer_that_would_pass_it) {
  auto trip = trip_at_pay();
  trip.cancel().gives(Outcome::cancelled, "undo pay");
  trip.answer("pay", card_charged()).gives(Outcome::late).stands(Status::compensating, "pay");
  trip.answer("pay", card_refunded()).gives(Outcome::step_undone, "undo seat");
}

TEST(SagaCancel, is_done_already_while_the_saga_is_being_undone_for_another_reason) {
  auto trip = trip_at_pay();
  trip.answer("pay", card_declined());
  trip.cancel().gives(Outcome::cancelled);
  EXPECT_EQ(trip.saga().cause.kind, CauseKind::refused) << "it was called off before";
  trip.cancel().gives(Outcome::repeated);
  trip.answer("seat", seat_released()).gives(Outcome::step_undone, "compensated");
  trip.cancel().gives(Outcome::repeated);
}

// Who cancels is told that it will be undone, whatever an operator wants of it later.
TEST(SagaCancel, of_a_saga_that_is_being_undone_keeps_it_from_being_turned_forward) {
  auto trip = trip_at_pay();
  trip.answer("pay", card_declined()).cancel().gives(Outcome::cancelled);
  trip.order(Order::resume).gives(Outcome::not_possible);
  trip.order(Order::abandon).order(Order::resume).gives(Outcome::resumed, "undo seat");
  trip.order(Order::resume).gives(Outcome::not_possible);
}

TEST(SagaCancel, counts_once) {
  auto trip = trip_at_pay();
  trip.cancel("the traveller").gives(Outcome::cancelled, "undo pay");
  trip.cancel("the agency").gives(Outcome::repeated);
  EXPECT_EQ(trip.saga().cause.text, "the traveller");
}

TEST(SagaCancel, comes_before_a_limit_that_has_passed_and_was_not_seen) {
  auto trip = trip_at_seat();
  trip.after(31s).cancel().gives(Outcome::cancelled, "undo seat");
  trip.due().gives(Outcome::not_due).goes_on_in(10s);
}

TEST(SagaCancel, reaches_the_last_step_where_there_is_no_point_of_no_return) {
  auto saga = lenient_at_mark();
  saga.cancel().gives(Outcome::cancelled, "undo pay");
  EXPECT_EQ(saga.status_of("mark"), StepStatus::left);
}

TEST(SagaCancel, is_over_at_once_when_there_is_nothing_to_undo) {
  SagaStory saga(lenient_plan());
  saga.cancel().gives(Outcome::cancelled, "compensated").never_goes_on();
}

TEST(SagaCancel, is_too_late_from_the_beginning_where_all_is_behind_the_point_of_no_return) {
  SagaStory saga(unstoppable_plan());
  saga.cancel().gives(Outcome::too_late);
}

// An operator had turned it forward again; the traveller has not heard of that, and gets the trip undone.
TEST(SagaCancel, takes_back_that_an_operator_has_turned_it_forward) {
  auto trip = trip_at_pay();
  trip.answer("pay", card_declined()).order(Order::resume).gives(Outcome::turns_forward);
  trip.cancel().gives(Outcome::cancelled);
  EXPECT_EQ(trip.saga().cause, (Cause{CauseKind::cancelled, "seat", "the traveller"}));
  trip.cancel().gives(Outcome::repeated);
  trip.answer("seat", seat_released()).gives(Outcome::step_undone, "compensated");
}

TEST(SagaCancel, undoes_the_epoch_that_is_under_way_after_a_turn_forward) {
  auto trip = trip_at_pay();
  trip.answer("pay", card_declined()).order(Order::resume).answer("seat", seat_released());
  trip.gives(Outcome::step_undone, "seat #2");
  trip.cancel().gives(Outcome::cancelled, "undo seat #2");
  trip.answer("seat", seat_released()).gives(Outcome::other_epoch);
  trip.answer("seat", seat_released(), 2).gives(Outcome::step_undone, "compensated");
}

TEST(SagaCancel, does_not_take_up_what_an_operator_has_given_up) {
  auto trip = trip_at_pay();
  trip.order(Order::abandon).cancel().gives(Outcome::too_late).stands(Status::abandoned, "pay");
}

}  // namespace
}  // namespace waybill::saga
