#include "tables.hpp"

#include "bank/v1/bank.contract.hpp"
#include "bank/v1/bank.pb.h"
#include "book_trip.hpp"
#include "rail/v1/rail.contract.hpp"
#include "rail/v1/rail.pb.h"

namespace waybill::saga {
namespace {

using namespace std::chrono_literals;

rail::v1::ReserveSeat ask_for_seat(const Trip&) { return {}; }
rail::v1::ReleaseSeat give_seat_back(const Trip&) { return {}; }
bank::v1::ChargeCard ask_for_money(const Trip&) { return {}; }
bank::v1::RefundCard give_money_back(const Trip&) { return {}; }
rail::v1::IssueTicket ask_for_ticket(const Trip&) { return {}; }

template <Name name>
auto seat_step() {
  return step<name>(ask_for_seat)
      .template on<rail::v1::SeatReserved>()
      .template refused_by<rail::v1::TrainIsFull>();
}

}  // namespace

Plan trip_plan() { return book_trip().plan(); }

Plan lenient_plan() {
  return define<Trip>("lenient", 3, seat_step<"look">().nothing_to_undo().within(20s),
                      step<"pay">(ask_for_money)
                          .on<bank::v1::CardCharged>()
                          .refused_by<bank::v1::CardDeclined>()
                          .undo(give_money_back)
                          .within(60s),
                      step<"mark">(ask_for_ticket)
                          .on<rail::v1::TicketIssued>([](Trip& trip, const rail::v1::TicketIssued& issued) {
                            trip.ticket = issued.ticket();
                          })
                          .nothing_to_undo()
                          .within(30s)
                          .resent_every(12s))
      .undo_resent_every(5s)
      .asks_operator_after(2)
      .plan();
}

Plan unstoppable_plan() {
  return define<Trip>("unstoppable", 1, point_of_no_return,
                      step<"ticket">(ask_for_ticket).on<rail::v1::TicketIssued>().resent_every(7s))
      .plan();
}

Plan scattered_plan() {
  return define<Trip>("scattered", 1, seat_step<"here">().undo(give_seat_back).within(9s),
                      seat_step<"said-first">().at("depot").within(8s).undo(give_seat_back),
                      seat_step<"said-last">().undo(give_seat_back).within(7s).at("depot"),
                      step<"said-between">(ask_for_money)
                          .undo(give_money_back)
                          .at("till")
                          .on<bank::v1::CardCharged>()
                          .refused_by<bank::v1::CardDeclined>()
                          .within(6s)
                          .resent_every(4'500ms))
      .plan();
}

}  // namespace waybill::saga
