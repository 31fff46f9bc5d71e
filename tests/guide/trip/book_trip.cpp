#include "book_trip.hpp"

#include "bank/v1/bank.contract.hpp"
#include "bank/v1/bank.pb.h"
#include "rail/v1/rail.contract.hpp"
#include "rail/v1/rail.pb.h"
#include "trip/v1/trip.contract.hpp"
#include "trip/v1/trip.pb.h"

using namespace std::chrono_literals;
using namespace waybill::saga;

namespace {

rail::v1::ReserveSeat reserve_seat(const Trip& trip) {
  rail::v1::ReserveSeat command;
  command.set_trip_id(trip.id);
  command.set_train(trip.train);
  return command;
}
rail::v1::ReleaseSeat release_seat(const Trip& trip) {
  rail::v1::ReleaseSeat command;
  command.set_trip_id(trip.id);
  return command;
}
bank::v1::ChargeCard charge_card(const Trip& trip) {
  bank::v1::ChargeCard command;
  command.set_trip_id(trip.id);
  command.set_card(trip.card);
  command.set_amount_minor(trip.price_minor);
  return command;
}
bank::v1::RefundCard refund_card(const Trip& trip) {
  bank::v1::RefundCard command;
  command.set_trip_id(trip.id);
  return command;
}
rail::v1::IssueTicket issue_ticket(const Trip& trip) {
  rail::v1::IssueTicket command;
  command.set_trip_id(trip.id);
  return command;
}

void keep_seat(Trip& trip, const rail::v1::SeatReserved& reserved) {
  trip.seat = reserved.seat();
  trip.price_minor = reserved.price_minor();
}
void keep_reason(Trip& trip, const bank::v1::CardDeclined& declined) {
  trip.declined_because = declined.why();
}
void keep_ticket(Trip& trip, const rail::v1::TicketIssued& issued) { trip.ticket = issued.ticket(); }

trip::v1::TripBooked trip_booked(const Trip& trip) {
  trip::v1::TripBooked event;
  event.set_trip_id(trip.id);
  event.set_ticket(trip.ticket);
  return event;
}
trip::v1::TripCalledOff trip_called_off(const Trip& trip, const Cause& cause) {
  trip::v1::TripCalledOff event;
  event.set_trip_id(trip.id);
  const bool is_declined = cause.kind == CauseKind::refused && cause.step == "pay";
  event.set_why(is_declined ? trip.declined_because : std::string(to_string(cause.kind)));
  return event;
}

std::string trip_of(const trip::v1::CancelTrip& command) { return command.trip_id(); }
trip::v1::CancellationAccepted accepted(const trip::v1::CancelTrip&) { return {}; }
trip::v1::CancellationRefused refused(const trip::v1::CancelTrip&, NotCancelled why) {
  trip::v1::CancellationRefused refusal;
  refusal.set_is_unknown(why == NotCancelled::unknown);
  return refusal;
}

}  // namespace

Definition<Trip> book_trip() {
  return define<Trip>("book-trip", 1,
                      step<"seat">(reserve_seat)
                          .on<rail::v1::SeatReserved>(keep_seat)
                          .refused_by<rail::v1::TrainIsFull>()
                          .undo(release_seat)
                          .within(30s),
                      step<"pay">(charge_card)
                          .on<bank::v1::CardCharged>()
                          .refused_by<bank::v1::CardDeclined>(keep_reason)
                          .undo(refund_card)
                          .within(60s),
                      point_of_no_return,
                      step<"ticket">(issue_ticket).on<rail::v1::TicketIssued>(keep_ticket).resent_every(10s))
      .cancelled_by(trip_of, accepted, refused)
      .when_completed(trip_booked)
      .when_compensated(trip_called_off);
}
