#include <gmock/gmock.h>
#include <google/protobuf/message.h>

#include "book_trip.hpp"
#include "saga_story.hpp"

// A saga goes forward: each step when the one before it is done, with what was learnt on the way.

namespace waybill::saga {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;

TEST(SagaForward, is_complete_when_each_step_is_answered) {
  auto trip = trip_at_seat();
  trip.gives(Outcome::begun, "seat, begun").stands(Status::running, "seat");
  trip.answer("seat", seat_reserved()).gives(Outcome::step_done, "pay").stands(Status::running, "pay");
  trip.answer("pay", card_charged()).gives(Outcome::step_done, "ticket").stands(Status::running, "ticket");
  trip.answer("ticket", ticket_issued()).gives(Outcome::step_done, "completed");
  trip.stands(Status::completed, "ticket").never_goes_on();
  EXPECT_EQ(trip.saga().cause, Cause{});
}

TEST(SagaForward, asks_each_step_with_what_the_answers_before_it_have_told) {
  auto trip = trip_at_seat();
  EXPECT_THAT(trip.payloads(), ElementsAre("rail.v1.ReserveSeat{trip_id: \"trip-1\" train: \"IC 5\"}"));
  trip.answer("seat", seat_reserved());
  EXPECT_THAT(trip.payloads(),
              ElementsAre("bank.v1.ChargeCard{trip_id: \"trip-1\" card: \"4711\" amount_minor: 4500}"));
  trip.answer("pay", card_charged()).answer("ticket", ticket_issued());
  EXPECT_EQ(trip.saga().data.as<Trip>().seat, "12A");
  EXPECT_EQ(trip.saga().data.as<Trip>().ticket, "T-1");
}

TEST(SagaForward, publishes_the_events_that_its_definition_has_of_the_way_it_came) {
  auto trip = trip_at_ticket();
  EXPECT_EQ(event_of(trip.plan(), Milestone::begun), nullptr) << "the trip has none";
  trip.answer("ticket", ticket_issued());
  const auto* booked = event_of(trip.plan(), Milestone::completed);
  ASSERT_NE(booked, nullptr);
  EXPECT_EQ(booked->type, "trip.v1.TripBooked");
  EXPECT_EQ(booked->make(trip.saga().data, trip.saga().cause)->ShortDebugString(),
            "trip_id: \"trip-1\" ticket: \"T-1\"");
}

// A participant that acts on a command after the saga has given it up does what nobody waits for.
TEST(SagaForward, sends_commands_that_expire_with_the_limit_of_their_step) {
  auto trip = trip_at_seat();
  EXPECT_EQ(trip.sent_first().expiry, trip.now() + 30s);
  trip.after(29s).answer("seat", seat_reserved());
  EXPECT_EQ(trip.sent_first().expiry, trip.now() + 60s) << "from when the step began";
}

TEST(SagaForward, sends_commands_that_never_expire_behind_the_point_of_no_return) {
  EXPECT_EQ(trip_at_ticket().sent_first().expiry, std::nullopt);
}

TEST(SagaForward, is_complete_after_its_last_step_also_without_a_point_of_no_return) {
  auto saga = lenient_at_mark();
  saga.stands(Status::running, "mark");
  saga.answer("mark", ticket_issued()).gives(Outcome::step_done, "completed");
  saga.stands(Status::completed, "mark").never_goes_on();
}

TEST(SagaForward, may_have_nothing_but_steps_behind_its_point_of_no_return) {
  SagaStory saga(unstoppable_plan());
  saga.gives(Outcome::begun, "ticket, begun").goes_on_in(7s);
  saga.answer("ticket", ticket_issued()).gives(Outcome::step_done, "completed");
}

// Who counts begins and ends must find as many of one as of the other.
TEST(SagaForward, reaches_each_milestone_once) {
  auto trip = trip_at_ticket();
  EXPECT_THAT(trip.last().milestones, ElementsAre());
  trip.answer("ticket", ticket_issued());
  EXPECT_THAT(trip.last().milestones, ElementsAre(Milestone::completed));
  trip.answer("ticket", ticket_issued()).gives(Outcome::has_ended);
}

}  // namespace
}  // namespace waybill::saga
