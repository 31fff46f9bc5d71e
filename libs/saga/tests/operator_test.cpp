#include <gtest/gtest.h>

#include "saga_story.hpp"

// What an operator may order: ask again, undo, go forward again, give up and take up.

namespace waybill::saga {
namespace {

using namespace std::chrono_literals;
using input::Order;

TEST(SagaOperator, retry_asks_the_step_again_now) {
  auto trip = trip_at_pay();
  trip.after(5s).order(Order::retry).gives(Outcome::retried, "pay again 2").goes_on_in(55s);
  EXPECT_EQ(trip.sent_first().expiry, trip.now() + 55s) << "the limit is as it was";
  trip.after(55s).due().gives(Outcome::step_timed_out, "undo pay");
}

TEST(SagaOperator, retry_asks_the_undo_again_while_one_is_under_way) {
  auto trip = trip_at_pay();
  trip.answer("pay", card_declined()).after(3s);
  trip.order(Order::retry).gives(Outcome::retried, "undo seat again 2").goes_on_in(10s);
  EXPECT_EQ(trip.sent_first().expiry, std::nullopt);
}

TEST(SagaOperator, retry_puts_off_the_next_time_that_it_asks_by_itself) {
  auto trip = trip_at_ticket();
  trip.after(9s).order(Order::retry).gives(Outcome::retried, "ticket again 2").goes_on_in(10s);
  trip.after(1s).due().gives(Outcome::not_due);
}

TEST(SagaOperator, retry_is_not_possible_at_the_end) {
  auto trip = trip_at_seat();
  trip.answer("seat", train_is_full()).order(Order::retry).gives(Outcome::not_possible);
  auto abandoned = trip_at_seat();
  abandoned.order(Order::abandon).order(Order::retry).gives(Outcome::not_possible);
}

TEST(SagaOperator, compensate_undoes_what_was_begun_and_says_who_wanted_it) {
  auto trip = trip_at_pay();
  trip.order(Order::compensate, "Ada: strike").gives(Outcome::compensates, "undo pay");
  EXPECT_EQ(trip.saga().cause, (Cause{CauseKind::by_operator, "pay", "Ada: strike"}));
  trip.order(Order::compensate).gives(Outcome::not_possible);
  trip.answer("pay", card_refunded())
      .answer("seat", seat_released())
      .gives(Outcome::step_undone, "compensated");
  trip.order(Order::compensate).gives(Outcome::not_possible);
}

// An operator stands above a traveller, but not above what cannot be undone.
TEST(SagaOperator, compensate_is_too_late_behind_the_point_of_no_return) {
  auto trip = trip_at_ticket();
  trip.order(Order::compensate).gives(Outcome::too_late).stands(Status::running, "ticket");
  trip.answer("ticket", ticket_issued()).order(Order::compensate).gives(Outcome::not_possible);
}

TEST(SagaOperator, resume_turns_forward_once_the_undo_that_is_under_way_is_answered) {
  auto trip = trip_at_pay();
  trip.answer("pay", card_declined()).gives(Outcome::step_refused, "undo seat");
  trip.order(Order::resume).gives(Outcome::turns_forward).stands(Status::compensating, "seat");
  trip.answer("seat", seat_released()).gives(Outcome::step_undone, "seat #2").stands(Status::running, "seat");
  EXPECT_EQ(trip.saga().cause, Cause{}) << "nothing has failed any more";
  EXPECT_EQ(trip.sent_first().expiry, trip.now() + 30s);
  trip.answer("seat", seat_reserved(), 2).gives(Outcome::step_done, "pay #2");
  trip.answer("pay", card_declined()).gives(Outcome::other_epoch);
  trip.answer("pay", card_charged(), 2).gives(Outcome::step_done, "ticket");
  trip.answer("ticket", ticket_issued()).gives(Outcome::step_done, "completed");
}

// Who has cancelled was told that it is undone.
TEST(SagaOperator, resume_is_not_possible_once_it_was_cancelled) {
  auto trip = trip_at_pay();
  trip.cancel("web").gives(Outcome::cancelled, "undo pay");
  trip.order(Order::resume).gives(Outcome::not_possible).stands(Status::compensating, "pay");
}

// What stands before the step at which it turns was never undone, and must not be asked for twice.
TEST(SagaOperator, resume_goes_on_from_the_step_whose_undo_was_under_way) {
  auto trip = trip_at_pay();
  trip.after(60s).due().gives(Outcome::step_timed_out, "undo pay").order(Order::resume);
  trip.answer("pay", card_refunded()).gives(Outcome::step_undone, "pay #2");
  EXPECT_EQ(trip.status_of("seat"), StepStatus::done);
  trip.cancel().gives(Outcome::cancelled, "undo pay #2");
  trip.answer("pay", card_refunded(), 2).gives(Outcome::step_undone, "undo seat");
}

TEST(SagaOperator, resume_begins_anew_also_what_had_nothing_to_undo) {
  auto saga = lenient_at_mark();
  saga.after(30s)
      .due()
      .order(Order::resume)
      .answer("pay", card_refunded())
      .gives(Outcome::step_undone, "pay #2");
  saga.answer("pay", card_charged(), 2).gives(Outcome::step_done, "mark #2");
  saga.answer("mark", ticket_issued()).gives(Outcome::other_epoch);
  saga.answer("mark", ticket_issued(), 2).gives(Outcome::step_done, "completed");
}

TEST(SagaOperator, resume_keeps_asking_for_the_undo_until_it_can_turn) {
  auto trip = trip_at_pay();
  trip.answer("pay", card_declined()).order(Order::resume).goes_on_in(10s);
  trip.order(Order::resume).gives(Outcome::not_possible);
  trip.after(10s).due().gives(Outcome::undo_resent, "undo seat again 2");
  trip.answer("seat", seat_released()).gives(Outcome::step_undone, "seat #2");
}

TEST(SagaOperator, compensate_takes_back_a_turn_forward) {
  auto trip = trip_at_pay();
  trip.answer("pay", card_declined()).order(Order::resume);
  trip.order(Order::compensate, "Bob: no").gives(Outcome::compensates);
  EXPECT_EQ(trip.saga().cause, (Cause{CauseKind::by_operator, "seat", "Bob: no"}));
  trip.answer("seat", seat_released()).gives(Outcome::step_undone, "compensated");
}

TEST(SagaOperator, turning_forward_counts_once) {
  auto trip = trip_at_pay();
  trip.answer("pay", card_declined()).order(Order::resume).answer("seat", seat_released());
  trip.answer("seat", seat_reserved(), 2).answer("pay", card_declined(), 2);
  trip.gives(Outcome::step_refused, "undo seat #2");
  trip.answer("seat", seat_released(), 2).gives(Outcome::step_undone, "compensated");
}

TEST(SagaOperator, resume_is_not_possible_while_it_goes_forward_or_has_come_to_its_end) {
  auto trip = trip_at_pay();
  trip.order(Order::resume).gives(Outcome::not_possible);
  trip.answer("pay", card_charged()).answer("ticket", ticket_issued());
  trip.order(Order::resume).gives(Outcome::not_possible);
  auto refused = trip_at_seat();
  refused.answer("seat", train_is_full()).order(Order::resume).gives(Outcome::not_possible);
}

TEST(SagaOperator, abandon_ends_all_that_it_does_by_itself) {
  auto trip = trip_at_pay();
  trip.order(Order::abandon).gives(Outcome::abandoned).stands(Status::abandoned, "pay").never_goes_on();
  trip.after(1h).due().gives(Outcome::not_due);
  trip.answer("pay", card_charged()).gives(Outcome::has_ended);
  trip.order(Order::abandon).gives(Outcome::not_possible);
  trip.order(Order::compensate).gives(Outcome::not_possible);
}

// The answer may have come while nobody listened. The participant answers again, from its own row.
TEST(SagaOperator, resume_takes_up_an_abandoned_step_by_asking_for_it_again) {
  auto trip = trip_at_pay();
  trip.order(Order::abandon).answer("pay", card_charged()).after(1h);
  trip.order(Order::resume).gives(Outcome::resumed, "pay").stands(Status::running, "pay").goes_on_in(60s);
  EXPECT_EQ(trip.sent_first().expiry, trip.now() + 60s) << "it has its whole time again";
  trip.order(Order::resume).gives(Outcome::not_possible);
  trip.answer("pay", card_charged()).gives(Outcome::step_done, "ticket");
}

TEST(SagaOperator, resume_takes_up_an_abandoned_undo_as_an_undo) {
  auto trip = trip_at_pay();
  trip.answer("pay", card_declined()).order(Order::abandon).never_goes_on();
  trip.order(Order::resume).gives(Outcome::resumed, "undo seat").stands(Status::compensating, "seat");
  EXPECT_EQ(trip.saga().cause.kind, CauseKind::refused);
  trip.answer("seat", seat_released()).gives(Outcome::step_undone, "compensated");
}

TEST(SagaOperator, an_abandoned_one_still_knows_that_it_was_to_turn_forward) {
  auto trip = trip_at_pay();
  trip.answer("pay", card_declined()).order(Order::resume).order(Order::abandon);
  trip.order(Order::resume).gives(Outcome::resumed, "undo seat");
  trip.answer("seat", seat_released()).gives(Outcome::step_undone, "seat #2");
}

TEST(SagaOperator, may_abandon_also_behind_the_point_of_no_return_and_take_up_again) {
  auto trip = trip_at_ticket();
  trip.order(Order::abandon).gives(Outcome::abandoned);
  trip.order(Order::resume).gives(Outcome::resumed, "ticket").goes_on_in(10s);
  trip.answer("ticket", ticket_issued()).gives(Outcome::step_done, "completed");
  trip.order(Order::abandon).gives(Outcome::not_possible);
}

}  // namespace
}  // namespace waybill::saga
