#include "trip_simulation.hpp"

#include "bank/v1/bank.contract.hpp"
#include "bank/v1/bank.pb.h"
#include "book_round_trip.hpp"
#include "rail/v1/rail.contract.hpp"
#include "rail/v1/rail.pb.h"

using waybill::message::SagaReference;
using waybill::saga_simulation::AnswerOf;
using waybill::saga_simulation::PlayedSaga;
using waybill::saga_simulation::Simulator;
using waybill::simulate::Verdict;

namespace {

/// By what a participant's row is found, which is all of the reference, unless it makes a mistake.
SagaReference seat_key(const Trips& trips, SagaReference asked) {
  if (trips.mistake == TripMistake::seat_is_unique_by_epoch_alone) asked.step.clear();
  return asked;
}

SagaReference of_a_copy(Trips& trips, SagaReference asked) {
  asked.step += " again " + std::to_string(++trips.copies);
  return asked;
}

rail::v1::SeatReserved seat_reserved(const Trips::Seat& seat) {
  rail::v1::SeatReserved answer;
  answer.set_seat(seat.name);
  answer.set_price_minor(Trips::price_minor);
  return answer;
}

AnswerOf<rail::v1::ReserveSeat> reserve_seat(Trips& trips, const rail::v1::ReserveSeat&,
                                             const SagaReference& asked) {
  const auto key = seat_key(trips, asked);
  if (const auto* seat = trips.seats.find(key)) {
    if (seat->state == Trips::Seat::released) return std::nullopt;
    if (seat->state == Trips::Seat::full) return rail::v1::TrainIsFull();
    return seat_reserved(*seat);
  }
  if (trips.free_seats == 0 || trips.dice->strikes(trips.refusals)) {
    trips.seats.insert(key, {Trips::Seat::full});
    return rail::v1::TrainIsFull();
  }
  --trips.free_seats;
  return seat_reserved(trips.seats.insert(key, {Trips::Seat::held, std::to_string(++trips.seats_sold)}));
}

/// What was done later is undone before.
void look_at_order(Trips& trips, const SagaReference& asked) {
  for (const auto& [key, charge] : trips.charges) {
    if (key.saga == asked.saga && charge.state == Trips::Charge::charged) {
      trips.wrong = "a seat is released, and the card is still charged";
    }
  }
  for (const auto& [key, seat] : trips.seats) {
    const bool is_later = key.step == "back" && asked.step == "seat";
    if (key.saga == asked.saga && is_later && seat.state == Trips::Seat::held) {
      trips.wrong = "the seat is released, and that on the way back is still held";
    }
  }
}

AnswerOf<rail::v1::ReleaseSeat> release_seat(Trips& trips, const rail::v1::ReleaseSeat&,
                                             const SagaReference& asked) {
  const auto key = seat_key(trips, asked);
  auto* seat = trips.seats.find(key);
  if (seat == nullptr) {
    const bool leaves_tombstone = trips.mistake != TripMistake::seat_leaves_no_tombstone;
    if (leaves_tombstone) trips.seats.insert(key, {Trips::Seat::released});
    return rail::v1::SeatReleased();
  }
  if (seat->state == Trips::Seat::held) {
    look_at_order(trips, asked);
    ++trips.free_seats;
  }
  seat->state = Trips::Seat::released;
  return rail::v1::SeatReleased();
}

AnswerOf<bank::v1::ChargeCard> charge_card(Trips& trips, const bank::v1::ChargeCard& command,
                                           const SagaReference& asked) {
  auto key = asked;
  if (const auto* charge = trips.charges.find(key)) {
    if (charge->state == Trips::Charge::refunded) return std::nullopt;
    if (charge->state == Trips::Charge::declined) return bank::v1::CardDeclined();
    if (trips.mistake != TripMistake::charge_is_not_unique) return bank::v1::CardCharged();
    key = of_a_copy(trips, asked);
  }
  const auto card = command.card() == "card 0" ? 0U : 1U;
  if (trips.cards[card] < command.amount_minor() || trips.dice->strikes(trips.refusals)) {
    trips.charges.insert(key, {Trips::Charge::declined});
    bank::v1::CardDeclined answer;
    answer.set_why("there is too little on " + command.card());
    return answer;
  }
  trips.cards[card] -= command.amount_minor();
  trips.bank_minor += command.amount_minor();
  trips.charges.insert(key, {Trips::Charge::charged, card, command.amount_minor()});
  return bank::v1::CardCharged();
}

AnswerOf<bank::v1::RefundCard> refund_card(Trips& trips, const bank::v1::RefundCard&,
                                           const SagaReference& asked) {
  auto* charge = trips.charges.find(asked);
  if (charge == nullptr) {
    const bool leaves_tombstone = trips.mistake != TripMistake::charge_leaves_no_tombstone;
    if (leaves_tombstone) trips.charges.insert(asked, {Trips::Charge::refunded});
    return bank::v1::CardRefunded();
  }
  if (charge->state == Trips::Charge::charged) {
    trips.cards[charge->card] += charge->amount_minor;
    trips.bank_minor -= charge->amount_minor;
  }
  charge->state = Trips::Charge::refunded;
  return bank::v1::CardRefunded();
}

AnswerOf<rail::v1::IssueTicket> issue_ticket(Trips& trips, const rail::v1::IssueTicket& command,
                                             const SagaReference& asked) {
  auto key = asked;
  auto* ticket = trips.tickets.find(key);
  if (ticket != nullptr && trips.mistake == TripMistake::ticket_is_not_unique) {
    key = of_a_copy(trips, asked);
    ticket = nullptr;
  }
  if (ticket == nullptr) ticket = &trips.tickets.insert(key, {"ticket of " + command.trip_id()});
  rail::v1::TicketIssued answer;
  answer.set_ticket(ticket->name);
  return answer;
}

Trip new_trip(Trips& trips, std::size_t number) {
  Trip trip;
  trip.id = "trip " + std::to_string(number);
  trip.train = "the night train";
  trip.card = "card " + std::to_string(trips.dice->below(trips.cards.size()));
  return trip;
}

/// What one trip has of the railway and the bank.
struct Holding {
  int seats = 0;
  int tickets = 0;
  int charges = 0;
  std::int64_t amount_minor = 0;
  bool has_its_seat = false;
  friend std::ostream& operator<<(std::ostream& out, const Holding& has) {
    return out << has.seats << " seats, " << has.tickets << " tickets and " << has.charges << " charges";
  }
};

Holding holding_of(const Trips& trips, const PlayedSaga& saga) {
  Holding has;
  for (const auto& [asked, seat] : trips.seats) {
    if (asked.saga != saga.id || seat.state != Trips::Seat::held) continue;
    ++has.seats;
    if (seat.name == saga.data<Trip>().seat) has.has_its_seat = true;
  }
  for (const auto& [asked, charge] : trips.charges) {
    if (asked.saga != saga.id || charge.state != Trips::Charge::charged) continue;
    ++has.charges;
    has.amount_minor += charge.amount_minor;
  }
  for (const auto& [asked, ticket] : trips.tickets) has.tickets += asked.saga == saga.id ? 1 : 0;
  return has;
}

Verdict a_trip_is_whole_or_not_at_all(const Trips& trips, std::span<const PlayedSaga> sagas) {
  for (const auto& saga : sagas) {
    const auto has = holding_of(trips, saga);
    const bool is_booked = saga.status() == waybill::saga::Status::completed;
    const int seats = is_booked ? saga.plan->version : 0;
    const int one = is_booked ? 1 : 0;
    std::ostringstream told;
    told << "trip " << saga.number << ", of version " << saga.plan->version << ", is "
         << to_string(saga.status()) << " and has " << has;
    if (has.seats != seats || has.tickets != one || has.charges != one) return told.str();
    if (!is_booked) continue;
    const auto& trip = saga.data<Trip>();
    if (has.amount_minor != seats * Trips::price_minor) return told.str() + ", at another price";
    if (!has.has_its_seat) return told.str() + ", and another seat than it remembers";
    if (trip.ticket != "ticket of " + trip.id) return told.str() + ", and does not remember its ticket";
  }
  return std::nullopt;
}

Verdict no_money_is_made_or_lost(const Trips& trips, std::span<const PlayedSaga>) {
  if (trips.wrong) return trips.wrong;
  const auto all = trips.cards[0] + trips.cards[1] + trips.bank_minor;
  if (all == 2 * Trips::on_each_card_minor) return std::nullopt;
  return "all have " + std::to_string(all) + " together";
}

}  // namespace

Simulator<Trips> trip_simulator(TripMistake mistake) {
  Simulator<Trips> simulator([mistake](waybill::simulate::History& history) {
    const auto refusals = history.dice.one_in(2) ? 25U : 3U;
    return Trips{.dice = &history.dice, .mistake = mistake, .refusals = refusals};
  });
  simulator.definition(book_trip(), new_trip)
      .definition(book_round_trip(), new_trip)
      .participant(reserve_seat)
      .participant(release_seat)
      .participant(charge_card)
      .participant(refund_card)
      .participant(issue_ticket)
      .holds_always(no_money_is_made_or_lost)
      .holds_at_end(a_trip_is_whole_or_not_at_all);
  return simulator;
}
