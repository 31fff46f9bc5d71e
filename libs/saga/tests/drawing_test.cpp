#include "waybill/saga/drawing.hpp"

#include <gmock/gmock.h>

#include "tables.hpp"

// A saga as a picture: the guide shows it, so it is read line by line.

namespace waybill::saga {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TEST(SagaDrawing, shows_the_trip_with_both_ways_and_what_leads_from_one_to_the_other) {
  EXPECT_EQ(to_mermaid(trip_plan()), R"(stateDiagram-v2
  direction LR
  state "seat: ReserveSeat" as do_seat
  state "undo seat: ReleaseSeat" as undo_seat
  state "pay: ChargeCard" as do_pay
  state "undo pay: RefundCard" as undo_pay
  state "ticket: IssueTicket" as do_ticket
  [*] --> do_seat
  do_seat --> do_pay: SeatReserved
  do_seat --> compensated: TrainIsFull
  do_seat --> undo_seat: after 30 s or CancelTrip
  do_pay --> do_ticket: CardCharged
  do_pay --> undo_seat: CardDeclined
  do_pay --> undo_pay: after 60 s or CancelTrip
  do_ticket --> completed: TicketIssued
  do_ticket --> do_ticket: every 10 s
  note right of do_ticket
    behind the point of no return
  end note
  undo_pay --> undo_seat: CardRefunded
  undo_pay --> undo_pay: every 10 s
  undo_seat --> compensated: SeatReleased
  undo_seat --> undo_seat: every 10 s
  completed --> [*]
  compensated --> [*]
)");
}

TEST(SagaDrawing, leads_past_steps_that_have_nothing_to_undo) {
  const auto drawing = to_mermaid(lenient_plan());
  EXPECT_THAT(drawing, HasSubstr("  do_look --> compensated: after 20 s\n"));
  EXPECT_THAT(drawing, HasSubstr("  do_pay --> compensated: CardDeclined\n"));
  EXPECT_THAT(drawing, HasSubstr("  do_mark --> undo_pay: after 30 s\n"));
  EXPECT_THAT(drawing, HasSubstr("  do_mark --> do_mark: every 12 s\n"));
  EXPECT_THAT(drawing, HasSubstr("  undo_pay --> compensated: CardRefunded\n"));
  EXPECT_THAT(drawing, HasSubstr("  undo_pay --> undo_pay: every 5 s\n"));
  EXPECT_THAT(drawing, Not(HasSubstr("undo_look")));
  EXPECT_THAT(drawing, Not(HasSubstr("point of no return")));
}

TEST(SagaDrawing, notes_the_point_of_no_return_also_where_it_stands_first) {
  EXPECT_THAT(to_mermaid(unstoppable_plan()), HasSubstr("  note right of do_ticket\n"));
}

// A hyphen in the id of a state is a syntax error of the picture.
TEST(SagaDrawing, shows_the_name_of_a_step_as_it_is_but_makes_its_id_without_a_hyphen) {
  const auto drawing = to_mermaid(scattered_plan());
  EXPECT_THAT(drawing, HasSubstr("  state \"said-first: ReserveSeat\" as do_said_first\n"));
  EXPECT_THAT(drawing, HasSubstr("  undo_said_last --> undo_said_first: SeatReleased\n"));
  EXPECT_THAT(drawing, HasSubstr("  do_said_between --> do_said_between: every 4500 ms\n"));
}

}  // namespace
}  // namespace waybill::saga
