#include "handlers/order_events.hpp"

#include <array>
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
namespace contract = waybill::contract;
using order::v1::OrderCancelled, order::v1::OrderConfirmed, order::v1::OrderPlaced;
using Part = inbox::Handlers::Part;

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

void add(const Part& part, model::Orders& told) {
  const auto& type = part.scope->message().type;
  const auto at = part.scope->message().time;
  const auto join_to = [&told](const std::string& id, const Order& order) {
    auto& known = told[order_id(id)];
    known = join(known, order);
  };
  if (const auto* placed = dynamic_cast<const OrderPlaced*>(part.payload)) {
    join_to(placed->order_id(), {.placed_at = at});
  } else if (const auto* confirmed = dynamic_cast<const OrderConfirmed*>(part.payload)) {
    join_to(confirmed->order_id(), {.ending = ending_of(*confirmed, at)});
  } else if (const auto* cancelled = dynamic_cast<const OrderCancelled*>(part.payload)) {
    join_to(cancelled->order_id(), {.ending = Ending{.at = at, .reason = reason_of(cancelled->reason())}});
  } else {
    throw std::logic_error("no event of an order: " + type);
  }
}

void note(std::span<const Part> parts, waybill::postgres::Tx& tx) {
  model::Orders told;
  for (const auto& part : parts) add(part, told);
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

template <class... T>
constexpr std::array<inbox::Handlers::ContractName, sizeof...(T)> names_of() {
  return {inbox::Handlers::ContractName{contract::traits<T>::name, contract::traits<T>::kind}...};
}

}  // namespace

inbox::Handlers order_events() {
  inbox::Handlers handlers;
  handlers.on_batch_of(names_of<OrderPlaced, OrderConfirmed, OrderCancelled>(), note);
  return handlers;
}

}  // namespace shop::analytics
