// One step of a saga in memory: an answer is taken, the next command is made. The floor is a function written
// by hand for this very saga, which makes the same commands of the same struct.

#include <atomic>
#include <cstdlib>
#include <new>
#include <string>
#include <vector>

#include "bank/v1/bank.contract.hpp"
#include "bank/v1/bank.pb.h"
#include "book_trip.hpp"
#include "figures.hpp"
#include "rail/v1/rail.contract.hpp"
#include "rail/v1/rail.pb.h"
#include "waybill/saga/advance.hpp"

namespace {

std::atomic<std::size_t> allocations{0};

}  // namespace

void* operator new(std::size_t size) {
  allocations.fetch_add(1, std::memory_order_relaxed);
  if (void* memory = std::malloc(size)) return memory;
  throw std::bad_alloc();
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }

namespace waybill::bench {
namespace {

using google::protobuf::Message;

constexpr int steps = 3;

rail::v1::SeatReserved seat_reserved() {
  rail::v1::SeatReserved reserved;
  reserved.set_seat("12A");
  reserved.set_price_minor(4'900);
  return reserved;
}

Trip trip() {
  Trip made;
  made.id = "trip-1";
  made.train = "ICE 1601";
  made.card = "tok_100000001";
  return made;
}

/// Prints what a saga's way costs, for one of its steps.
template <class F>
void report(bool quick, F way) {
  const int sagas = quick ? 2'000 : 200'000;
  way();
  const auto before = allocations.load();
  const double seconds = seconds_of([&] {
    for (int i = 0; i < sagas; ++i) way();
  });
  const auto made = static_cast<double>(allocations.load() - before);
  print_figure("transition", "ns", seconds * 1e9 / (sagas * (steps + 1.0)));
  print_figure("allocations", "allocations", made / (sagas * (steps + 1.0)));
}

void ours(bool quick) {
  const auto definition = book_trip();
  const auto& plan = definition.plan();
  const auto reserved = seat_reserved();
  const bank::v1::CardCharged charged;
  const rail::v1::TicketIssued issued;
  const base::WallTime now{std::chrono::hours{490'000}};
  const auto take = [&](saga::Instance instance, std::string_view step, std::string_view type,
                        const Message& payload) {
    auto change = saga::advance(plan, std::move(instance), saga::input::Answer{step, 1, type, &payload}, now);
    for (const auto& sent : change.sent) saga::payload_of(plan, change.instance, sent);
    return std::move(change.instance);
  };
  report(quick, [&] {
    auto begun = saga::begin(plan, saga::AnyData::of(trip()), now);
    for (const auto& sent : begun.sent) saga::payload_of(plan, begun.instance, sent);
    auto at = take(std::move(begun.instance), "seat", "rail.v1.SeatReserved", reserved);
    at = take(std::move(at), "pay", "bank.v1.CardCharged", charged);
    at = take(std::move(at), "ticket", "rail.v1.TicketIssued", issued);
    if (at.status != saga::Status::completed) std::abort();
  });
}

/// The saga as somebody writes it who needs no other.
struct HandWritten {
  enum class At { seat, pay, ticket, done };

  std::unique_ptr<Message> begin() const {
    auto command = std::make_unique<rail::v1::ReserveSeat>();
    command->set_trip_id(data.id);
    command->set_train(data.train);
    return command;
  }
  std::unique_ptr<Message> take(const rail::v1::SeatReserved& reserved) {
    if (at != At::seat) return nullptr;
    data.seat = reserved.seat();
    data.price_minor = reserved.price_minor();
    at = At::pay;
    auto command = std::make_unique<bank::v1::ChargeCard>();
    command->set_trip_id(data.id);
    command->set_card(data.card);
    command->set_amount_minor(data.price_minor);
    return command;
  }
  std::unique_ptr<Message> take(const bank::v1::CardCharged&) {
    if (at != At::pay) return nullptr;
    at = At::ticket;
    auto command = std::make_unique<rail::v1::IssueTicket>();
    command->set_trip_id(data.id);
    return command;
  }
  void take(const rail::v1::TicketIssued& issued) {
    if (at != At::ticket) return;
    data.ticket = issued.ticket();
    at = At::done;
  }

  Trip data;
  At at = At::seat;
};

void floor(bool quick) {
  const auto reserved = seat_reserved();
  const bank::v1::CardCharged charged;
  const rail::v1::TicketIssued issued;
  report(quick, [&] {
    HandWritten saga{trip()};
    saga.begin();
    saga.take(reserved);
    saga.take(charged);
    saga.take(issued);
    if (saga.at != HandWritten::At::done) std::abort();
  });
}

}  // namespace
}  // namespace waybill::bench

int main(int argc, char** argv) {
  return waybill::bench::run(argc, argv, waybill::bench::ours, waybill::bench::floor);
}
