#include "handlers/order_events.hpp"

#include <string>
#include <vector>

#include "domain/counts.hpp"
#include "domain/order.hpp"
#include "persistence/model.hpp"
#include "shop/order/v1/order.contract.hpp"
#include "shop/order/v1/order.pb.h"
#include "waybill/base/uuid.hpp"
#include "waybill/inbox/fault.hpp"

namespace shop::analytics {
namespace {

namespace inbox = waybill::inbox;
using order::v1::OrderCancelled, order::v1::OrderConfirmed, order::v1::OrderPlaced;
using Item = inbox::AnyItem<OrderPlaced, OrderConfirmed, OrderCancelled>;

Reason reason_of(order::v1::OrderCancellationReason given) {
  switch (given) {
    case order::v1::ORDER_CANCELLATION_REASON_OUT_OF_STOCK:
      return Reason::out_of_stock;
    case order::v1::ORDER_CANCELLATION_REASON_PAYMENT_DECLINED:
      return Reason::payment_declined;
    case order::v1::ORDER_CANCELLATION_REASON_CUSTOMER_REQUEST:
      return Reason::customer_request;
    case order::v1::ORDER_CANCELLATION_REASON_TIMED_OUT:
      return Reason::timed_out;
    case order::v1::ORDER_CANCELLATION_REASON_UNKNOWN_SKU:
      return Reason::unknown_sku;
    case order::v1::ORDER_CANCELLATION_REASON_MIXED_CURRENCIES:
      return Reason::mixed_currencies;
    case order::v1::ORDER_CANCELLATION_REASON_OPERATOR:
      return Reason::by_operator;
    default:
      return Reason::unspecified;
  }
}

waybill::base::Uuid order_id(const std::string& text) {
  const auto id = waybill::base::Uuid::parse(text);
  if (!id) throw inbox::Permanent("order_id is no UUID");
  return *id;
}

Ending ending_of(const OrderConfirmed& event, WallTime at) {
  const auto& total = event.total();
  if (!is_currency(total.currency())) throw inbox::Permanent("total.currency is no code of three letters");
  if (total.minor_units() < 0 || total.minor_units() > most_minor_units) {
    throw inbox::Permanent("total.minor_units is out of range");
  }
  return {.at = at,
          .outcome = Outcome::confirmed,
          .currency = total.currency(),
          .minor_units = total.minor_units()};
}

/// What an event tells of its order.
Order told_by(const OrderPlaced& /*event*/, WallTime at) { return {.placed_at = at}; }

Order told_by(const OrderConfirmed& event, WallTime at) { return {.ending = ending_of(event, at)}; }

Order told_by(const OrderCancelled& event, WallTime at) {
  return {.ending = Ending{.at = at, .reason = reason_of(event.reason())}};
}

void add(const Item& item, model::Orders& told) {
  item.visit([&](const auto& event) {
    const auto order = told_by(event, item.scope.message().time);
    auto& known = told[order_id(event.order_id())];
    known = join(known, order);
  });
}

void note(std::span<const Item> items, waybill::postgres::Tx& tx) {
  model::Orders told;
  for (const auto& item : items) add(item, told);
  std::vector<waybill::base::Uuid> ids;
  ids.reserve(told.size());
  for (const auto& [id, order] : told) ids.push_back(id);
  const auto known = model::lock_and_find(tx, ids);
  model::Orders changed;
  Counts change;
  for (const auto& [id, order] : told) {
    const auto found = known.find(id);
    const auto before = found == known.end() ? std::nullopt : std::optional(found->second);
    const auto after = join(before.value_or(Order{}), order);
    if (before == after) continue;
    change.change(before, after);
    changed.emplace(id, after);
  }
  model::write(tx, changed, change);
}

}  // namespace

inbox::Handlers order_events() {
  inbox::Handlers handlers;
  handlers.on_batch_of<OrderPlaced, OrderConfirmed, OrderCancelled>(note);
  return handlers;
}

}  // namespace shop::analytics
