#include "handlers/stock_commands.hpp"

#include <span>
#include <variant>
#include <vector>

#include "domain/warehouse.hpp"
#include "persistence/stock.hpp"
#include "shop/inventory/v1/inventory.contract.hpp"
#include "shop/inventory/v1/inventory.pb.h"
#include "waybill/base/uuid_v7.hpp"

namespace shop::inventory {
namespace {

using waybill::inbox::Handlers;
using waybill::inbox::Scope;
using Item = waybill::inbox::AnyItem<v1::ReserveStock, v1::ConfirmReservation, v1::ReleaseStock>;

const std::string& order_of(const std::string& order_id) {
  if (order_id.empty()) throw Contradiction("the command names no order");
  return order_id;
}

Reference reference_of(const Scope& scope) {
  const auto& envelope = scope.message();
  if (!envelope.saga) {
    throw Contradiction("'" + envelope.type +
                        "' says of no saga that it belongs to; by sagaid, sagastep and sagaepoch a repeat "
                        "is known");
  }
  return {envelope.saga->saga, envelope.saga->step, std::int64_t{envelope.saga->epoch}};
}

Command read(const v1::ReserveStock& message, const Scope& scope) {
  Reserve command{reference_of(scope), order_of(message.order_id()), {}};
  for (const auto& line : message.lines()) command.lines.push_back({line.sku(), line.quantity()});
  return command;
}

Command read(const v1::ConfirmReservation& message, const Scope& scope) {
  const auto reservation = Uuid::parse(message.reservation_id());
  if (!reservation) throw Contradiction("its reservation_id is not a UUID");
  return Confirm{reference_of(scope).saga, order_of(message.order_id()), *reservation};
}

Command read(const v1::ReleaseStock& message, const Scope& scope) {
  return Release{reference_of(scope), order_of(message.order_id())};
}

void set(money::v1::Money& to, std::int64_t minor_units, const std::string& currency) {
  to.set_minor_units(minor_units);
  to.set_currency(currency);
}

v1::StockRefusalReason reason_of(Refusal reason) {
  switch (reason) {
    case Refusal::insufficient:
      return v1::STOCK_REFUSAL_REASON_INSUFFICIENT;
    case Refusal::unknown_sku:
      return v1::STOCK_REFUSAL_REASON_UNKNOWN_SKU;
    case Refusal::already_released:
      return v1::STOCK_REFUSAL_REASON_ALREADY_RELEASED;
    case Refusal::mixed_currencies:
      return v1::STOCK_REFUSAL_REASON_MIXED_CURRENCIES;
  }
  return v1::STOCK_REFUSAL_REASON_UNSPECIFIED;
}

void reply(Scope& scope, const std::string& order_id, const Reserved& reserved) {
  v1::StockReserved message;
  message.set_order_id(order_id);
  message.set_reservation_id(reserved.id.to_string());
  for (const auto& line : reserved.lines) {
    auto& priced = *message.add_lines();
    priced.set_sku(line.sku);
    priced.set_quantity(line.quantity);
    set(*priced.mutable_unit_price(), line.unit_price, reserved.total.currency);
  }
  set(*message.mutable_total(), reserved.total.minor_units, reserved.total.currency);
  scope.reply(message);
}

void reply(Scope& scope, const std::string& order_id, const Refused& refused) {
  v1::StockRefused message;
  message.set_order_id(order_id);
  message.set_reason(reason_of(refused.reason));
  for (const auto& each : refused.shortages) {
    auto& shortage = *message.add_shortages();
    shortage.set_sku(each.sku);
    shortage.set_requested(each.requested);
    shortage.set_available(each.available);
  }
  scope.reply(message);
}

void reply(Scope& scope, const std::string& order_id, const std::variant<Reserved, Refused>& answer) {
  std::visit([&](const auto& each) { reply(scope, order_id, each); }, answer);
}

void reply(Scope& scope, const std::string& order_id, const Confirmed& confirmed) {
  v1::ReservationConfirmed message;
  message.set_order_id(order_id);
  message.set_reservation_id(confirmed.id.to_string());
  scope.reply(message);
}

void reply(Scope& scope, const std::string& order_id, const Released& released) {
  v1::StockReleased message;
  message.set_order_id(order_id);
  if (released.id) message.set_reservation_id(released.id->to_string());
  scope.reply(message);
}

void take(std::span<const Item> items, waybill::postgres::Tx& tx) {
  std::vector<Command> commands;
  commands.reserve(items.size());
  for (const auto& item : items) {
    commands.push_back(item.visit([&](const auto& message) { return read(message, item.scope); }));
  }
  auto warehouse = stock::load(tx, needs_of(commands), waybill::base::new_uuid_v7);
  for (std::size_t i = 0; i < items.size(); ++i) {
    std::visit([&](const auto& each) { reply(items[i].scope, each.order_id, warehouse.answer(each)); },
               commands[i]);
  }
  stock::save(tx, warehouse);
}

}  // namespace

Handlers stock_commands() {
  Handlers handlers;
  handlers.on_batch_of<v1::ReserveStock, v1::ConfirmReservation, v1::ReleaseStock>(take);
  return handlers;
}

}  // namespace shop::inventory
