#include "handlers/read_event.hpp"

#include <string>
#include <utility>

#include "domain/money_text.hpp"
#include "domain/values.hpp"
#include "shop/order/v1/order.pb.h"
#include "waybill/inbox/fault.hpp"

namespace shop::notification {
namespace {

using order::v1::OrderCancelled, order::v1::OrderConfirmed, order::v1::OrderPlaced;
using waybill::inbox::Permanent;

Reason reason_of(order::v1::OrderCancellationReason reason) {
  switch (reason) {
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
      // One that a newer order service knows.
      return Reason::unknown;
  }
}

template <class Message>
OrderEvent event_of_order(const Message& message, const waybill::message::Envelope& envelope, Event event,
                          Values values) {
  const auto order_id = waybill::base::Uuid::parse(message.order_id());
  if (!order_id) throw Permanent("'" + envelope.type + "' is of an order whose id is no UUID");
  if (message.customer_id().empty()) throw Permanent("'" + envelope.type + "' names no customer");
  return {.id = envelope.id.value(),
          .event = event,
          .order_id = *order_id,
          .customer_id = message.customer_id(),
          .contact = {.email = message.contact().email(),
                      .phone = message.contact().phone(),
                      .push_token = message.contact().push_token()},
          .values = std::move(values)};
}

std::size_t count(int lines) { return static_cast<std::size_t>(lines); }

}  // namespace

OrderEvent read_event(const OrderPlaced& placed, const waybill::message::Envelope& envelope) {
  return event_of_order(placed, envelope, Event::placed,
                        placed_values(placed.order_id(), count(placed.lines_size())));
}

OrderEvent read_event(const OrderConfirmed& confirmed, const waybill::message::Envelope& envelope) {
  if (!confirmed.has_total()) throw Permanent("'" + envelope.type + "' has no total");
  auto total = money_text(confirmed.total().minor_units(), confirmed.total().currency());
  return event_of_order(
      confirmed, envelope, Event::confirmed,
      confirmed_values(confirmed.order_id(), count(confirmed.lines_size()), std::move(total)));
}

OrderEvent read_event(const OrderCancelled& cancelled, const waybill::message::Envelope& envelope) {
  return event_of_order(cancelled, envelope, Event::cancelled,
                        cancelled_values(cancelled.order_id(), reason_of(cancelled.reason())));
}

}  // namespace shop::notification
