#include "participants.hpp"

#include <string>

#include "bank/v1/bank.contract.hpp"
#include "bank/v1/bank.pb.h"
#include "rail/v1/rail.contract.hpp"
#include "rail/v1/rail.pb.h"

namespace waybill::saga::testing {
namespace {

const message::SagaReference& asked(const inbox::Scope& scope) { return scope.message().saga.value(); }

/// Does what saga, step and epoch ask for, once; says how that has ended: as `state`, or as it was before.
std::string act(inbox::Scope& scope, const std::string& state) {
  const auto& [saga, step, epoch] = asked(scope);
  return scope.tx().query_one<std::string>(
      "INSERT INTO act AS row (saga, step, epoch, state) VALUES ($1, $2, $3, $4) "
      "ON CONFLICT (saga, step, epoch) DO UPDATE SET times = row.times + 1 RETURNING state",
      saga, step, static_cast<std::int32_t>(epoch), state);
}

/// Undoes it, whether it was done before or comes later.
void undo(inbox::Scope& scope) {
  const auto& [saga, step, epoch] = asked(scope);
  scope.tx().execute(
      "INSERT INTO act AS row (saga, step, epoch, state) VALUES ($1, $2, $3, 'undone') "
      "ON CONFLICT (saga, step, epoch) DO UPDATE SET state = 'undone', times = row.times + 1",
      saga, step, static_cast<std::int32_t>(epoch));
}

void reserve(const rail::v1::ReserveSeat& command, inbox::Scope& scope) {
  if (act(scope, command.train() == "full" ? "refused" : "done") != "done") {
    return scope.reply(rail::v1::TrainIsFull{});
  }
  if (command.train() == "silent") return;
  rail::v1::SeatReserved reserved;
  reserved.set_seat("12A");
  reserved.set_price_minor(4'900);
  scope.reply(reserved);
}

void charge(const bank::v1::ChargeCard& command, inbox::Scope& scope) {
  if (act(scope, command.card() == "declined" ? "refused" : "done") != "done") {
    bank::v1::CardDeclined declined;
    declined.set_why("no money");
    return scope.reply(declined);
  }
  if (command.card() != "silent") scope.reply(bank::v1::CardCharged{});
}

}  // namespace

inbox::Handlers railway() {
  inbox::Handlers handlers;
  handlers.on<rail::v1::ReserveSeat>(reserve)
      .on<rail::v1::ReleaseSeat>([](const rail::v1::ReleaseSeat&, inbox::Scope& scope) {
        undo(scope);
        scope.reply(rail::v1::SeatReleased{});
      })
      .on<rail::v1::IssueTicket>([](const rail::v1::IssueTicket& command, inbox::Scope& scope) {
        act(scope, "done");
        rail::v1::TicketIssued issued;
        issued.set_ticket("T-" + command.trip_id());
        scope.reply(issued);
      });
  return handlers;
}

inbox::Handlers bank() {
  inbox::Handlers handlers;
  handlers.on<bank::v1::ChargeCard>(charge).on<bank::v1::RefundCard>(
      [](const bank::v1::RefundCard&, inbox::Scope& scope) {
        undo(scope);
        scope.reply(bank::v1::CardRefunded{});
      });
  return handlers;
}

}  // namespace waybill::saga::testing
