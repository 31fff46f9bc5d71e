#include <gmock/gmock.h>
#include <google/protobuf/message.h>

#include "saga_story.hpp"

// A saga that cannot go on is undone: each step that may have done something, the last of them first.

namespace waybill::saga {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;

// No answer is no refusal: the seat may be held, and its undo also stops a command that is still on its way.
TEST(SagaUndo, undoes_a_first_step_that_was_not_answered_in_time) {
  auto trip = trip_at_seat();
  trip.after(30s).due().gives(Outcome::step_timed_out, "undo seat").stands(Status::compensating, "seat");
  EXPECT_EQ(trip.saga().cause, (Cause{CauseKind::timed_out, "seat", ""}));
  trip.answer("seat", seat_released()).gives(Outcome::step_undone, "compensated");
  trip.stands(Status::compensated, "seat").never_goes_on();
  EXPECT_EQ(trip.status_of("seat"), StepStatus::undone);
}

TEST(SagaUndo, is_over_at_once_when_its_first_step_is_refused) {
  auto trip = trip_at_seat();
  trip.answer("seat", train_is_full()).gives(Outcome::step_refused, "compensated");
  trip.stands(Status::compensated, "seat").never_goes_on();
  EXPECT_EQ(trip.status_of("seat"), StepStatus::refused);
  EXPECT_EQ(trip.saga().cause, (Cause{CauseKind::refused, "seat", "rail.v1.TrainIsFull"}));
}

// Who refuses has done nothing: an undo of it might be taken for one of something else.
TEST(SagaUndo, undoes_what_was_done_before_a_refusal_and_not_what_was_refused) {
  auto trip = trip_at_pay();
  trip.answer("pay", card_declined()).gives(Outcome::step_refused, "undo seat");
  trip.stands(Status::compensating, "seat");
  EXPECT_EQ(trip.status_of("pay"), StepStatus::refused);
  EXPECT_EQ(trip.saga().cause, (Cause{CauseKind::refused, "pay", "bank.v1.CardDeclined"}));
  trip.answer("seat", seat_released()).gives(Outcome::step_undone, "compensated");
}

TEST(SagaUndo, undoes_in_reverse_and_each_step_only_when_the_one_behind_it_is_undone) {
  auto trip = trip_at_pay();
  trip.after(60s).due().gives(Outcome::step_timed_out, "undo pay").stands(Status::compensating, "pay");
  EXPECT_EQ(trip.status_of("seat"), StepStatus::done);
  trip.answer("pay", card_refunded()).gives(Outcome::step_undone, "undo seat");
  trip.stands(Status::compensating, "seat");
  trip.answer("seat", seat_released()).gives(Outcome::step_undone, "compensated");
  trip.stands(Status::compensated, "seat");
}

// The participant finds by epoch what it is to undo; an undo that expired would leave it done for ever.
TEST(SagaUndo, sends_an_undo_of_the_same_epoch_that_never_expires) {
  auto trip = trip_at_pay();
  trip.after(60s).due();
  EXPECT_EQ(trip.sent_first(), (Sent{.step = 1, .is_undo = true, .epoch = 1, .attempt = 1, .expiry = {}}));
  EXPECT_THAT(trip.payloads(), ElementsAre("bank.v1.RefundCard{trip_id: \"trip-1\"}"));
}

TEST(SagaUndo, tells_in_the_event_of_its_end_why_it_was_undone) {
  const auto called_off = [](const SagaStory& trip) {
    const auto* event = event_of(trip.plan(), Milestone::compensated);
    return event->make(trip.saga().data, trip.saga().cause)->ShortDebugString();
  };
  auto declined = trip_at_pay();
  declined.answer("pay", card_declined()).answer("seat", seat_released());
  EXPECT_EQ(called_off(declined), "trip_id: \"trip-1\" why: \"over the limit\"");
  auto late = trip_at_seat();
  late.after(30s).due().answer("seat", seat_released());
  EXPECT_EQ(called_off(late), "trip_id: \"trip-1\" why: \"timed_out\"");
}

TEST(SagaUndo, passes_over_steps_that_have_nothing_to_undo) {
  auto saga = lenient_at_mark();
  saga.after(30s).due().gives(Outcome::step_timed_out, "undo pay").stands(Status::compensating, "pay");
  EXPECT_EQ(saga.saga().cause.step, "mark") << "where it was, not where it is";
  EXPECT_EQ(saga.status_of("mark"), StepStatus::left);
  EXPECT_EQ(saga.status_of("look"), StepStatus::done);
  saga.answer("pay", card_refunded()).gives(Outcome::step_undone, "compensated");
  EXPECT_EQ(saga.status_of("look"), StepStatus::left);
}

// A saga of which nothing is to be undone must not wait for an answer to what it never asks.
TEST(SagaUndo, is_over_at_once_when_nothing_that_was_begun_has_an_undo) {
  SagaStory looking(lenient_plan());
  looking.after(20s).due().gives(Outcome::step_timed_out, "compensated").never_goes_on();
  EXPECT_EQ(looking.status_of("look"), StepStatus::left);
  SagaStory paying(lenient_plan());
  paying.answer("look", seat_reserved()).answer("pay", card_declined());
  paying.gives(Outcome::step_refused, "compensated").never_goes_on();
  EXPECT_EQ(paying.status_of("look"), StepStatus::left);
  EXPECT_EQ(paying.saga().cause.step, "pay");
}

TEST(SagaUndo, never_touches_a_step_that_was_not_begun) {
  auto trip = trip_at_seat();
  trip.after(30s).due().answer("seat", seat_released());
  EXPECT_EQ(trip.status_of("pay"), StepStatus::waiting);
  EXPECT_EQ(trip.status_of("ticket"), StepStatus::waiting);
}

}  // namespace
}  // namespace waybill::saga
