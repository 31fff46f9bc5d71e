#include "book_round_trip.hpp"

#include "bank/v1/bank.contract.hpp"
#include "bank/v1/bank.pb.h"
#include "rail/v1/rail.contract.hpp"
#include "rail/v1/rail.pb.h"
#include "trip/v1/trip.contract.hpp"
#include "trip/v1/trip.pb.h"

using namespace std::chrono_literals;

namespace round_trip {
namespace {

template <class Command>
Command of_trip(const Trip& trip) {
  Command command;
  command.set_trip_id(trip.id);
  return command;
}
rail::v1::ReserveSeat reserve(const Trip& trip) {
  auto command = of_trip<rail::v1::ReserveSeat>(trip);
  command.set_train(trip.train);
  return command;
}
bank::v1::ChargeCard charge(const Trip& trip) {
  auto command = of_trip<bank::v1::ChargeCard>(trip);
  command.set_card(trip.card);
  command.set_amount_minor(2 * trip.price_minor);
  return command;
}

void keep_reserved(Trip& trip, const rail::v1::SeatReserved& reserved) {
  trip.seat = reserved.seat();
  trip.price_minor = reserved.price_minor();
}
void keep_issued(Trip& trip, const rail::v1::TicketIssued& issued) { trip.ticket = issued.ticket(); }

trip::v1::TripBooked booked(const Trip& trip) {
  auto event = of_trip<trip::v1::TripBooked>(trip);
  event.set_ticket(trip.ticket);
  return event;
}
trip::v1::TripCalledOff called_off(const Trip& trip, const waybill::saga::Cause& cause) {
  auto event = of_trip<trip::v1::TripCalledOff>(trip);
  event.set_why(cause.text);
  return event;
}

std::string key(const trip::v1::CancelTrip& command) { return command.trip_id(); }
trip::v1::CancellationAccepted accept(const trip::v1::CancelTrip&) { return {}; }
trip::v1::CancellationRefused refuse(const trip::v1::CancelTrip&, waybill::saga::NotCancelled) { return {}; }

}  // namespace
}  // namespace round_trip

waybill::saga::Definition<Trip> book_round_trip() {
  using namespace round_trip;
  using namespace waybill::saga;
  return define<Trip>("book-trip", 2,
                      step<"seat">(reserve)
                          .on<rail::v1::SeatReserved>(keep_reserved)
                          .refused_by<rail::v1::TrainIsFull>()
                          .undo(of_trip<rail::v1::ReleaseSeat>)
                          .within(30s),
                      step<"back">(reserve)
                          .on<rail::v1::SeatReserved>()
                          .refused_by<rail::v1::TrainIsFull>()
                          .undo(of_trip<rail::v1::ReleaseSeat>)
                          .resent_every(10s)
                          .within(30s),
                      step<"pay">(charge)
                          .on<bank::v1::CardCharged>()
                          .refused_by<bank::v1::CardDeclined>()
                          .undo(of_trip<bank::v1::RefundCard>)
                          .within(60s),
                      point_of_no_return,
                      step<"ticket">(of_trip<rail::v1::IssueTicket>)
                          .on<rail::v1::TicketIssued>(keep_issued)
                          .resent_every(10s))
      .cancelled_by(key, accept, refuse)
      .when_completed(booked)
      .when_compensated(called_off);
}
