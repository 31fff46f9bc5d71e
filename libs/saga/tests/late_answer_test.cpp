#include <gtest/gtest.h>

#include "saga_story.hpp"

// Answers come twice, late, and to what was asked another time. None of them may move a saga; the story sees
// to it that what is said to change nothing changes nothing.

namespace waybill::saga {
namespace {

using namespace std::chrono_literals;
using input::Order;

// The card is charged, and the refund on its way finds that: counting the step as done would book the trip
// that is being called off.
TEST(SagaLateAnswers, a_success_of_what_is_being_undone_is_late) {
  auto trip = trip_at_pay();
  trip.after(60s).due().gives(Outcome::step_timed_out, "undo pay");
  trip.answer("pay", card_charged()).gives(Outcome::late).stands(Status::compensating, "pay");
  trip.answer("pay", card_refunded()).gives(Outcome::step_undone, "undo seat");
  trip.answer("pay", card_charged()).gives(Outcome::late).stands(Status::compensating, "seat");
  trip.answer("seat", seat_released()).gives(Outcome::step_undone, "compensated");
  trip.answer("pay", card_charged()).gives(Outcome::has_ended);
}

// The refusal is no answer to the undo: that is still on its way, and must be heard of.
TEST(SagaLateAnswers, a_refusal_of_what_is_being_undone_is_late_too) {
  auto trip = trip_at_pay();
  trip.after(60s).due();
  trip.answer("pay", card_declined()).gives(Outcome::late).stands(Status::compensating, "pay");
  EXPECT_EQ(trip.saga().cause.kind, CauseKind::timed_out);
}

TEST(SagaLateAnswers, an_answer_of_a_step_that_was_left_is_late) {
  auto saga = lenient_at_mark();
  saga.after(30s).due().gives(Outcome::step_timed_out, "undo pay");
  saga.answer("mark", ticket_issued()).gives(Outcome::late);
}

// The limit is when the saga may give up. Until somebody looks it has not, and an answer is an answer.
TEST(SagaLateAnswers, an_answer_after_the_limit_counts_while_nobody_has_looked) {
  auto trip = trip_at_pay();
  trip.after(61s).answer("pay", card_charged()).gives(Outcome::step_done, "ticket");
  trip.due().gives(Outcome::not_due);
}

TEST(SagaLateAnswers, the_same_answer_twice_counts_once) {
  auto trip = trip_at_pay();
  trip.answer("seat", seat_reserved()).gives(Outcome::repeated);
  trip.answer("pay", card_charged()).gives(Outcome::step_done, "ticket");
  trip.answer("pay", card_charged()).gives(Outcome::repeated);
  trip.answer("seat", seat_reserved()).gives(Outcome::repeated).stands(Status::running, "ticket");
}

TEST(SagaLateAnswers, the_same_refusal_twice_counts_once) {
  auto trip = trip_at_pay();
  trip.answer("pay", card_declined()).gives(Outcome::step_refused, "undo seat");
  trip.answer("pay", card_declined()).gives(Outcome::repeated);
}

TEST(SagaLateAnswers, what_a_participant_has_answered_it_cannot_take_back) {
  auto trip = trip_at_pay();
  trip.answer("seat", train_is_full()).gives(Outcome::repeated).stands(Status::running, "pay");
  trip.answer("pay", card_declined()).gives(Outcome::step_refused, "undo seat");
  trip.answer("pay", card_charged()).gives(Outcome::repeated).stands(Status::compensating, "seat");
}

TEST(SagaLateAnswers, the_same_answer_of_an_undo_twice_counts_once) {
  auto trip = trip_at_pay();
  trip.after(60s).due().answer("pay", card_refunded()).gives(Outcome::step_undone, "undo seat");
  trip.answer("pay", card_refunded()).gives(Outcome::repeated).stands(Status::compensating, "seat");
}

TEST(SagaLateAnswers, an_undo_that_was_not_asked_for_is_not_taken_for_one) {
  auto trip = trip_at_seat();
  trip.answer("seat", seat_released()).gives(Outcome::repeated);
  trip.answer("seat", seat_reserved()).answer("seat", seat_released()).gives(Outcome::repeated);
  trip.answer("pay", card_declined()).gives(Outcome::step_refused, "undo seat");
  trip.answer("pay", card_refunded()).gives(Outcome::repeated);
}

TEST(SagaLateAnswers, an_answer_to_what_was_asked_in_another_epoch_is_passed_over) {
  auto trip = trip_at_seat();
  trip.answer("seat", seat_reserved(), 2).gives(Outcome::other_epoch);
  trip.after(30s).due().order(Order::resume);
  trip.answer("seat", seat_released(), 2).gives(Outcome::other_epoch);
  trip.answer("seat", seat_released()).gives(Outcome::step_undone, "seat #2");
  // All of the first epoch comes once more: it was undone, and says nothing of the second.
  trip.answer("seat", seat_reserved()).gives(Outcome::other_epoch);
  trip.answer("seat", train_is_full()).gives(Outcome::other_epoch);
  trip.answer("seat", seat_released()).gives(Outcome::other_epoch);
  trip.answer("seat", seat_reserved(), 2).gives(Outcome::step_done, "pay");
}

TEST(SagaLateAnswers, an_answer_to_what_was_never_asked_is_of_another_epoch) {
  auto trip = trip_at_seat();
  trip.answer("pay", card_charged(), 0).gives(Outcome::other_epoch);
  trip.answer("pay", card_charged(), 1).gives(Outcome::other_epoch);
  trip.answer("pay", card_refunded(), 0).gives(Outcome::other_epoch);
}

TEST(SagaLateAnswers, what_the_definition_does_not_know_is_refused) {
  auto trip = trip_at_seat();
  trip.answer("hotel", seat_reserved()).gives(Outcome::unknown_step);
  trip.answer("seat", card_charged()).gives(Outcome::unknown_answer);
  trip.answer("seat", card_refunded()).gives(Outcome::unknown_answer);
  trip.answer("seat", {.type = "rail.v1.SeatReservedTwice", .payload = {}}).gives(Outcome::unknown_answer);
  // A step without an undo has no answer of one, not even the empty one.
  trip.answer("ticket", {.type = "", .payload = {}}).gives(Outcome::unknown_answer);
}

TEST(SagaLateAnswers, nothing_moves_what_has_ended) {
  auto completed = trip_at_ticket();
  completed.answer("ticket", ticket_issued());
  auto compensated = trip_at_seat();
  compensated.answer("seat", train_is_full());
  auto abandoned = trip_at_seat();
  abandoned.order(Order::abandon);
  for (auto* trip : {&completed, &compensated, &abandoned}) {
    trip->answer("seat", seat_reserved()).gives(Outcome::has_ended);
    trip->answer("seat", train_is_full()).gives(Outcome::has_ended);
    trip->answer("seat", seat_released()).gives(Outcome::has_ended);
    trip->answer("ticket", ticket_issued()).gives(Outcome::has_ended);
    trip->after(24h).due().gives(Outcome::not_due);
    trip->answer("hotel", seat_reserved()).gives(Outcome::unknown_step);
  }
}

}  // namespace
}  // namespace waybill::saga
