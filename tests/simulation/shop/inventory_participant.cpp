#include <algorithm>
#include <variant>

#include "participants.hpp"
#include "shop/inventory/v1/inventory.contract.hpp"
#include "shop/inventory/v1/inventory.pb.h"

namespace shop::inventory {
namespace {

using v1::ConfirmReservation, v1::ReleaseStock, v1::ReservationConfirmed;
using v1::ReserveStock, v1::StockRefused, v1::StockReleased;
using v1::StockReserved;
using waybill::message::SagaReference;
using waybill::saga_simulation::AnswerOf;

/// What is loaded for a command, and stored after it.
class Transaction {
 public:
  explicit Transaction(World& world)
      : world_(world), warehouse_(shelves(), world.reservations, [&world] { return next_id(world); }) {}

  Warehouse& warehouse() { return warehouse_; }

  void store() {
    for (const auto& moved : warehouse_.movements()) {
      auto& stock = world_.stock.at(moved.sku);
      stock.available += moved.available;
      stock.reserved += moved.reserved;
      stock.sold += moved.sold;
    }
    for (const auto* ended : warehouse_.ended()) {
      *std::ranges::find(world_.reservations, ended->id, &Reservation::id) = *ended;
    }
    for (const auto* made : warehouse_.made()) {
      const bool is_kept =
          made->state != State::tombstone || world_.mistake != Mistake::stock_keeps_no_tombstone;
      if (is_kept) world_.reservations.push_back(*made);
    }
  }

 private:
  std::vector<Shelf> shelves() const {
    std::vector<Shelf> all;
    for (const auto& [sku, stock] : world_.stock) all.push_back({sku, stock.price, stock.available});
    return all;
  }

  World& world_;
  Warehouse warehouse_;
};

Reference reference_of(const SagaReference& asked) { return {asked.saga, asked.step, asked.epoch}; }

Uuid id_of(const std::string& text) { return Uuid::parse(text).value_or(Uuid{}); }

StockReserved reply_of(const Reserved& reserved, const std::string& order_id) {
  StockReserved reply;
  reply.set_order_id(order_id);
  reply.set_reservation_id(reserved.id.to_string());
  for (const auto& line : reserved.lines) {
    auto& priced = *reply.add_lines();
    priced.set_sku(line.sku);
    priced.set_quantity(line.quantity);
    priced.mutable_unit_price()->set_minor_units(line.unit_price);
    priced.mutable_unit_price()->set_currency(reserved.total.currency);
  }
  reply.mutable_total()->set_minor_units(reserved.total.minor_units);
  reply.mutable_total()->set_currency(reserved.total.currency);
  return reply;
}

AnswerOf<ReserveStock> reserve(World& world, const ReserveStock& command, const SagaReference& asked) {
  if (world.mistake == Mistake::stock_forgets_reservations) {
    std::erase_if(world.reservations, [&](const Reservation& each) {
      return each.reference == reference_of(asked) && each.state == State::reserved;
    });
  }
  Transaction transaction(world);
  Reserve reserve{.reference = reference_of(asked), .order_id = command.order_id(), .lines = {}};
  for (const auto& line : command.lines()) reserve.lines.push_back({line.sku(), line.quantity()});
  const auto answer = transaction.warehouse().answer(reserve);
  transaction.store();
  if (const auto* reserved = std::get_if<Reserved>(&answer)) return reply_of(*reserved, command.order_id());
  StockRefused refusal;
  refusal.set_reason(
      static_cast<v1::StockRefusalReason>(static_cast<int>(std::get<Refused>(answer).reason) + 1));
  return refusal;
}

AnswerOf<ConfirmReservation> confirm(World& world, const ConfirmReservation& command,
                                     const SagaReference& asked) {
  Transaction transaction(world);
  try {
    transaction.warehouse().answer(Confirm{
        .saga = asked.saga, .order_id = command.order_id(), .reservation = id_of(command.reservation_id())});
  } catch (const Contradiction& contradiction) {
    world.wrong = contradiction.what();
    return std::nullopt;
  }
  transaction.store();
  return ReservationConfirmed();
}

AnswerOf<ReleaseStock> release(World& world, const ReleaseStock& command, const SagaReference& asked) {
  if (world.mistake == Mistake::stock_gives_nothing_back) return StockReleased();
  Transaction transaction(world);
  try {
    transaction.warehouse().answer(Release{.reference = reference_of(asked), .order_id = command.order_id()});
  } catch (const Contradiction& contradiction) {
    world.wrong = contradiction.what();
    return std::nullopt;
  }
  transaction.store();
  return StockReleased();
}

}  // namespace
}  // namespace shop::inventory

namespace shop {

void add_inventory(waybill::saga_simulation::Simulator<World>& simulator) {
  simulator.participant(inventory::reserve).participant(inventory::confirm).participant(inventory::release);
}

}  // namespace shop
