#include "quick_trip.hpp"

#include "bank/v1/bank.contract.hpp"
#include "bank/v1/bank.pb.h"
#include "rail/v1/rail.contract.hpp"
#include "rail/v1/rail.pb.h"
#include "trip/v1/trip.contract.hpp"
#include "trip/v1/trip.pb.h"

namespace waybill::saga::testing {

Definition<Trip> quick_trip(std::chrono::milliseconds within, std::chrono::milliseconds again, int version) {
  return define<Trip>("book-trip", version,
                      step<"seat">(+[](const Trip& trip) {
                        rail::v1::ReserveSeat command;
                        command.set_train(trip.train);
                        return command;
                      })
                          .on<rail::v1::SeatReserved>([](Trip& trip, const rail::v1::SeatReserved& reserved) {
                            trip.seat = reserved.seat();
                          })
                          .refused_by<rail::v1::TrainIsFull>()
                          .undo(+[](const Trip&) { return rail::v1::ReleaseSeat{}; })
                          .within(within),
                      step<"pay">(+[](const Trip& trip) {
                        bank::v1::ChargeCard command;
                        command.set_card(trip.card);
                        return command;
                      })
                          .on<bank::v1::CardCharged>()
                          .refused_by<bank::v1::CardDeclined>()
                          .undo(+[](const Trip&) { return bank::v1::RefundCard{}; })
                          .within(within),
                      point_of_no_return,
                      step<"ticket">(+[](const Trip& trip) {
                        rail::v1::IssueTicket command;
                        command.set_trip_id(trip.id);
                        return command;
                      })
                          .on<rail::v1::TicketIssued>([](Trip& trip, const rail::v1::TicketIssued& issued) {
                            trip.ticket = issued.ticket();
                          })
                          .resent_every(again))
      .undo_resent_every(again)
      .when_completed(+[](const Trip& trip) {
        trip::v1::TripBooked event;
        event.set_trip_id(trip.id);
        return event;
      })
      .when_compensated(+[](const Trip& trip, const Cause& cause) {
        trip::v1::TripCalledOff event;
        event.set_trip_id(trip.id);
        event.set_why(std::string(to_string(cause.kind)));
        return event;
      });
}

Trip trip(const std::string& id, const std::string& train, const std::string& card) {
  Trip made;
  made.id = id;
  made.train = train;
  made.card = card;
  return made;
}

}  // namespace waybill::saga::testing
