#include "trips.hpp"

#include <algorithm>
#include <array>
#include <deque>
#include <string>

#include "bank/v1/bank.contract.hpp"
#include "bank/v1/bank.pb.h"
#include "book_trip.hpp"
#include "rail/v1/rail.contract.hpp"
#include "rail/v1/rail.pb.h"
#include "waybill/base/uuid_v7.hpp"
#include "waybill/contract/codec.hpp"
#include "waybill/inbox/scope.hpp"
#include "waybill/postgres/migrations.hpp"
#include "waybill/saga/migrations.hpp"

namespace waybill::bench {
namespace {

base::Deadline in_time() { return base::Deadline::after(std::chrono::seconds{60}); }

constexpr std::array step_names{"seat", "pay", "ticket"};

/// A few details, so that rows are as long as those of a real trip.
Trip trip(int number) {
  Trip made;
  made.id = "trip-" + std::to_string(number);
  made.train = "ICE 1601";
  made.card = "tok_" + std::to_string(100'000'000 + number);
  return made;
}

}  // namespace

Trips::Trips(const MessagingDatabase& database) : pool_(database.options(2)), engine_({}, sender_) {
  postgres::migrate_up(database.options(1), std::array{saga::migrations()}, in_time());
  engine_.add(book_trip());
  engine_.receive_answers(handlers_, message::Queue{"trip.replies"});
}

void Trips::begin(int count) {
  const auto definition = book_trip();
  while (count > 0) {
    const int some = std::min(count, static_cast<int>(batch));
    std::vector<base::Uuid> begun;
    outbox::transact(
        pool_, sender_,
        [&](outbox::Scope& scope) {
          begun.clear();
          for (int i = 0; i < some; ++i) {
            auto one = trip(begun_ + i);
            begun.push_back(engine_.begin(scope, definition, one.id, one));
          }
        },
        in_time());
    begun_ += some;
    count -= some;
    ids_.insert(ids_.end(), begun.begin(), begun.end());
  }
}

void Trips::prepare_answers() {
  for (std::size_t step = 0; step < steps; ++step) {
    for (std::size_t i = answers_[step].size(); i < ids_.size(); ++i) {
      answers_[step].push_back(answer(ids_[i], step));
    }
  }
}

Trips::Answer Trips::answer(const base::Uuid& saga, std::size_t step) const {
  Answer made;
  auto& envelope = made.envelope;
  if (step == 0) {
    rail::v1::SeatReserved reserved;
    reserved.set_seat("12A");
    reserved.set_price_minor(4'900);
    sender_.codec.encode(reserved, envelope).value();
  } else if (step == 1) {
    sender_.codec.encode(bank::v1::CardCharged{}, envelope).value();
  } else {
    rail::v1::TicketIssued issued;
    issued.set_ticket("T-4711-0815");
    sender_.codec.encode(issued, envelope).value();
  }
  envelope.id = message::MessageId{base::new_uuid_v7()};
  envelope.source = step == 1 ? "bank" : "rail";
  envelope.time = base::system_clock().wall();
  envelope.saga = message::SagaReference{saga, step_names.at(step), 1};
  made.payload = sender_.codec.decode(envelope).value();
  return made;
}

void Trips::take_answers(std::size_t step) { take_answers(step, 0, ids_.size()); }

void Trips::take_answers(std::size_t step, std::size_t from, std::size_t count) {
  auto& answers = answers_[step];
  const auto& entry = *handlers_.find(answers.front().envelope.type);
  for (const auto end = from + count; from < end;) {
    const auto to = std::min(end, from + batch);
    pool_.transact(
        [&](postgres::Tx& tx) {
          outbox::Outgoing outgoing;
          std::deque<inbox::Scope> scopes;
          std::vector<inbox::Handlers::Part> parts;
          for (auto i = from; i < to; ++i) {
            auto& scope = scopes.emplace_back(tx, sender_, outgoing, answers[i].envelope);
            parts.push_back({answers[i].payload.get(), &scope});
          }
          handlers_.run(entry, parts, tx);
          outgoing.write(tx, sender_);
        },
        in_time());
    from = to;
  }
}

}  // namespace waybill::bench
