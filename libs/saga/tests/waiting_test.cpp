#include <gmock/gmock.h>

#include "saga_story.hpp"

// What a saga does when it hears nothing: when, how often, and when it calls for an operator.

namespace waybill::saga {
namespace {

using namespace std::chrono_literals;
using input::Order;

// Clocks differ, and who looks may look early: a step has all of its time.
TEST(SagaWaits, is_not_due_a_microsecond_too_early) {
  auto trip = trip_at_seat();
  trip.goes_on_in(30s).due().gives(Outcome::not_due);
  trip.after(30s - 1us).due().gives(Outcome::not_due).goes_on_in(1us);
  trip.after(1us).due().gives(Outcome::step_timed_out, "undo seat");
}

TEST(SagaWaits, counts_the_limit_of_a_step_from_its_own_beginning) {
  auto trip = trip_at_seat();
  trip.after(29s).answer("seat", seat_reserved()).goes_on_in(60s);
  trip.after(59s).due().gives(Outcome::not_due);
  trip.after(1s).due().gives(Outcome::step_timed_out, "undo pay");
}

TEST(SagaWaits, asks_again_behind_the_point_of_no_return_and_never_gives_up) {
  auto trip = trip_at_ticket();
  trip.goes_on_in(10s).after(10s - 1us).due().gives(Outcome::not_due);
  trip.after(1us).due().gives(Outcome::step_resent, "ticket again 2").goes_on_in(10s);
  trip.after(24h).due().gives(Outcome::step_resent, "ticket again 3").stands(Status::running, "ticket");
  EXPECT_EQ(trip.sent_first().epoch, 1U) << "the participant knows by it that it has answered";
  trip.answer("ticket", ticket_issued()).gives(Outcome::step_done, "completed");
}

// Who looks late must not make up for it: ten lost minutes are no burst of sixty commands.
TEST(SagaWaits, counts_to_the_next_time_from_when_it_has_asked) {
  auto trip = trip_at_ticket();
  trip.after(10min).due().gives(Outcome::step_resent, "ticket again 2").goes_on_in(10s);
  trip.due().gives(Outcome::not_due);
}

TEST(SagaWaits, asks_again_within_the_limit_of_a_step_that_has_both) {
  auto saga = lenient_at_mark();
  const auto expiry = saga.now() + 30s;
  saga.goes_on_in(12s).after(12s).due().gives(Outcome::step_resent, "mark again 2").goes_on_in(12s);
  EXPECT_EQ(saga.sent_first().expiry, expiry) << "each of them makes sense until the limit";
  saga.after(12s).due().gives(Outcome::step_resent, "mark again 3").goes_on_in(6s);
  saga.after(6s).due().gives(Outcome::step_timed_out, "undo pay");
}

TEST(SagaWaits, gives_up_rather_than_ask_again_when_the_limit_has_passed_meanwhile) {
  auto saga = lenient_at_mark();
  saga.after(31s).due().gives(Outcome::step_timed_out, "undo pay");
}

// A participant that comes back after hours is not to find every question of these hours.
TEST(SagaWaits, asks_for_an_undo_again_without_end_and_ever_more_slowly_once_an_operator_was_told) {
  auto trip = trip_at_seat();
  trip.after(30s).due().goes_on_in(10s);
  auto pause = 10s;
  for (std::uint32_t attempt = 2; attempt <= 100; ++attempt) {
    trip.after(pause - 1us).due().gives(Outcome::not_due);
    trip.after(1us).due().gives(Outcome::undo_resent, "undo seat again " + std::to_string(attempt));
    if (attempt > 10) pause = std::min(2 * pause, 320s);
    trip.goes_on_in(pause);
    EXPECT_EQ(trip.saga().needs_operator.empty(), attempt <= 10) << attempt;
  }
  trip.answer("seat", seat_released()).gives(Outcome::step_undone, "compensated");
}

TEST(SagaWaits, asks_for_an_undo_as_often_as_its_definition_says) {
  auto saga = lenient_at_mark();
  saga.cancel().goes_on_in(5s).after(5s).due().gives(Outcome::undo_resent, "undo pay again 2");
}

// It goes on asking, so a participant that comes back ends it without anybody.
TEST(SagaWaits, needs_an_operator_after_so_many_undos_and_no_more_once_one_is_answered) {
  auto trip = trip_at_pay();
  trip.after(60s).due();
  for (int asked = 1; asked < 10; ++asked) trip.after(10s).due();
  EXPECT_EQ(trip.saga().needs_operator, "") << "the tenth still has its time";
  trip.after(10s).due().gives(Outcome::undo_resent, "undo pay again 11");
  const std::string why = "the undo of step 'pay' was asked for 10 times and is not answered";
  EXPECT_EQ(trip.saga().needs_operator, why);
  trip.after(20s).due().gives(Outcome::undo_resent, "undo pay again 12");
  EXPECT_EQ(trip.saga().needs_operator, why) << "it is told once";
  trip.answer("pay", card_refunded()).gives(Outcome::step_undone, "undo seat");
  EXPECT_EQ(trip.saga().needs_operator, "") << "the next undo counts anew";
  for (int asked = 1; asked < 10; ++asked) trip.after(10s).due();
  EXPECT_EQ(trip.saga().needs_operator, "");
}

TEST(SagaWaits, needs_an_operator_behind_the_point_of_no_return) {
  auto trip = trip_at_ticket();
  for (int asked = 1; asked <= 10; ++asked) trip.after(10s).due();
  EXPECT_EQ(trip.saga().needs_operator, "step 'ticket' was asked for 10 times and is not answered");
  trip.answer("ticket", ticket_issued()).gives(Outcome::step_done, "completed");
  EXPECT_EQ(trip.saga().needs_operator, "");
}

// Such a step comes to an end by itself, at its limit.
TEST(SagaWaits, needs_no_operator_for_a_step_that_has_a_limit) {
  auto saga = lenient_at_mark();
  saga.after(12s).due().after(12s).due().gives(Outcome::step_resent, "mark again 3");
  EXPECT_EQ(saga.saga().needs_operator, "") << "though two are enough otherwise";
}

// The operator is there. That nobody answered this time is not known before its time is over.
TEST(SagaWaits, does_not_call_for_an_operator_because_one_asks_again) {
  auto saga = lenient_at_mark();
  saga.cancel().order(Order::retry).order(Order::retry).gives(Outcome::retried, "undo pay again 3");
  EXPECT_EQ(saga.saga().needs_operator, "");
  saga.after(10s).due().gives(Outcome::undo_resent, "undo pay again 4");
  EXPECT_EQ(saga.saga().needs_operator, "the undo of step 'pay' was asked for 3 times and is not answered");
  saga.order(Order::retry);
  EXPECT_NE(saga.saga().needs_operator, "") << "asking is no answer";
}

// A definition that throws is told in the same place, whatever the saga was about to do.
TEST(SagaWaits, needs_no_operator_any_more_once_it_has_gone_on) {
  const auto failed = [] { return trip_at_pay().calls_for_operator("amount_of() has thrown"); };
  EXPECT_EQ(failed().answer("pay", card_charged()).saga().needs_operator, "");
  EXPECT_EQ(failed().answer("pay", card_declined()).saga().needs_operator, "");
  EXPECT_EQ(failed().cancel().saga().needs_operator, "");
  EXPECT_EQ(failed().after(60s).due().saga().needs_operator, "");
  EXPECT_EQ(failed().order(Order::compensate).saga().needs_operator, "");
  EXPECT_EQ(failed().answer("seat", seat_reserved()).gives(Outcome::repeated).saga().needs_operator,
            "amount_of() has thrown");
}

TEST(SagaWaits, needs_no_operator_any_more_that_an_operator_has_given_up) {
  auto saga = lenient_at_mark();
  saga.cancel().after(5s).due().after(5s).due();
  EXPECT_NE(saga.saga().needs_operator, "");
  saga.order(Order::abandon);
  EXPECT_EQ(saga.saga().needs_operator, "");
  saga.order(Order::resume).gives(Outcome::resumed, "undo pay").goes_on_in(5s);
  saga.after(5s).due().gives(Outcome::undo_resent, "undo pay again 2");
  EXPECT_EQ(saga.saga().needs_operator, "") << "it counts anew";
}

}  // namespace
}  // namespace waybill::saga
