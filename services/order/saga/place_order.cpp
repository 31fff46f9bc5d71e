#include "saga/place_order.hpp"

#include <utility>

#include "shop/inventory/v1/inventory.contract.hpp"
#include "shop/inventory/v1/inventory.pb.h"
#include "shop/order/v1/order.contract.hpp"
#include "shop/order/v1/order.pb.h"
#include "shop/payment/v1/payment.contract.hpp"
#include "shop/payment/v1/payment.pb.h"

namespace shop::order {
namespace {

using inventory::v1::ConfirmReservation, inventory::v1::ReservationConfirmed, inventory::v1::ReserveStock;
using inventory::v1::StockRefused, inventory::v1::StockReserved;
using payment::v1::ChargePayment, payment::v1::PaymentCharged, payment::v1::PaymentDeclined;
using waybill::saga::Cause, waybill::saga::CauseKind, waybill::saga::NotCancelled;

template <class Message>
Message of_order(const PlaceOrder& order) {
  Message message;
  message.set_order_id(order.id);
  return message;
}

ReserveStock reserve_stock(const PlaceOrder& order) {
  auto command = of_order<ReserveStock>(order);
  for (const auto& line : order.lines) {
    auto& asked = *command.add_lines();
    asked.set_sku(line.sku);
    asked.set_quantity(static_cast<std::uint32_t>(line.quantity));
  }
  return command;
}

void set_money(money::v1::Money& money, std::int64_t minor_units, const std::string& currency) {
  money.set_minor_units(minor_units);
  money.set_currency(currency);
}

ChargePayment charge_payment(const PlaceOrder& order) {
  auto command = of_order<ChargePayment>(order);
  command.set_customer_id(order.customer);
  command.set_payment_token(order.payment_token);
  set_money(*command.mutable_amount(), order.total_minor, order.currency);
  return command;
}

ConfirmReservation confirm_reservation(const PlaceOrder& order) {
  auto command = of_order<ConfirmReservation>(order);
  command.set_reservation_id(order.reservation);
  return command;
}

void keep_prices(PlaceOrder& order, const StockReserved& reserved) {
  order.reservation = reserved.reservation_id();
  order.total_minor = reserved.total().minor_units();
  order.currency = reserved.total().currency();
  order.lines.clear();
  for (const auto& line : reserved.lines()) {
    order.lines.push_back({line.sku(), line.quantity(), line.unit_price().minor_units()});
  }
}

void keep_refusal(PlaceOrder& order, const StockRefused& refused) {
  switch (refused.reason()) {
    case inventory::v1::STOCK_REFUSAL_REASON_UNKNOWN_SKU:
      order.refused_for = to_string(Reason::unknown_sku);
      break;
    case inventory::v1::STOCK_REFUSAL_REASON_MIXED_CURRENCIES:
      order.refused_for = to_string(Reason::mixed_currencies);
      break;
    default:
      order.refused_for = to_string(Reason::out_of_stock);
  }
}

/// The token has done what it was for, and is not kept longer.
void keep_payment(PlaceOrder& order, const PaymentCharged& charged) {
  order.payment = charged.payment_id();
  order.payment_token.clear();
}

template <class Event>
Event event_of(const PlaceOrder& order) {
  auto event = of_order<Event>(order);
  event.set_customer_id(order.customer);
  auto& contact = *event.mutable_contact();
  contact.set_email(order.email);
  contact.set_phone(order.phone);
  contact.set_push_token(order.push_token);
  return event;
}

v1::OrderPlaced order_placed(const PlaceOrder& order) {
  auto event = event_of<v1::OrderPlaced>(order);
  for (const auto& line : order.lines) {
    auto& placed = *event.add_lines();
    placed.set_sku(line.sku);
    placed.set_quantity(static_cast<std::uint32_t>(line.quantity));
  }
  return event;
}

v1::OrderConfirmed order_confirmed(const PlaceOrder& order) {
  auto event = event_of<v1::OrderConfirmed>(order);
  for (const auto& line : order.lines) {
    auto& sold = *event.add_lines();
    sold.set_sku(line.sku);
    sold.set_quantity(static_cast<std::uint32_t>(line.quantity));
    set_money(*sold.mutable_unit_price(), line.unit_price_minor, order.currency);
  }
  set_money(*event.mutable_total(), order.total_minor, order.currency);
  return event;
}

v1::OrderCancellationReason wire_reason_of(Reason reason) {
  switch (reason) {
    case Reason::out_of_stock:
      return v1::ORDER_CANCELLATION_REASON_OUT_OF_STOCK;
    case Reason::unknown_sku:
      return v1::ORDER_CANCELLATION_REASON_UNKNOWN_SKU;
    case Reason::mixed_currencies:
      return v1::ORDER_CANCELLATION_REASON_MIXED_CURRENCIES;
    case Reason::payment_declined:
      return v1::ORDER_CANCELLATION_REASON_PAYMENT_DECLINED;
    case Reason::customer_request:
      return v1::ORDER_CANCELLATION_REASON_CUSTOMER_REQUEST;
    case Reason::timed_out:
      return v1::ORDER_CANCELLATION_REASON_TIMED_OUT;
    case Reason::by_operator:
      return v1::ORDER_CANCELLATION_REASON_OPERATOR;
  }
  return v1::ORDER_CANCELLATION_REASON_UNSPECIFIED;
}

v1::OrderCancelled order_cancelled(const PlaceOrder& order, const Cause& cause) {
  auto event = event_of<v1::OrderCancelled>(order);
  event.set_reason(wire_reason_of(reason_of(order, cause)));
  return event;
}

std::string order_of(const v1::CancelOrder& command) { return command.order_id(); }

v1::CancellationAccepted accepted(const v1::CancelOrder& command) {
  v1::CancellationAccepted reply;
  reply.set_order_id(command.order_id());
  return reply;
}

v1::CancellationRefused refused(const v1::CancelOrder& command, NotCancelled why) {
  v1::CancellationRefused refusal;
  refusal.set_order_id(command.order_id());
  refusal.set_reason(why == NotCancelled::unknown ? v1::CANCELLATION_REFUSAL_REASON_UNKNOWN_ORDER
                                                  : v1::CANCELLATION_REFUSAL_REASON_TOO_LATE);
  return refusal;
}

}  // namespace

waybill::saga::Definition<PlaceOrder> place_order(const StepLimits& limits) {
  using waybill::saga::define, waybill::saga::step, waybill::saga::point_of_no_return;
  return define<PlaceOrder>(std::string(saga_name), 1,
                            step<"reserve">(reserve_stock)
                                .on<StockReserved>(keep_prices)
                                .refused_by<StockRefused>(keep_refusal)
                                .undo(of_order<inventory::v1::ReleaseStock>)
                                .within(limits.reserve),
                            step<"pay">(charge_payment)
                                .on<PaymentCharged>(keep_payment)
                                .refused_by<PaymentDeclined>()
                                .undo(of_order<payment::v1::RefundPayment>)
                                .within(limits.pay),
                            point_of_no_return,
                            step<"confirm">(confirm_reservation)
                                .on<ReservationConfirmed>()
                                .resent_every(limits.confirm_resent))
      .cancelled_by(order_of, accepted, refused)
      .when_begun(order_placed)
      .when_completed(order_confirmed)
      .when_compensated(order_cancelled);
}

PlaceOrder saga_of(const waybill::base::Uuid& id, const NewOrder& order) {
  PlaceOrder saga;
  saga.id = id.to_string();
  saga.customer = order.customer_id;
  saga.email = order.contact.email;
  saga.phone = order.contact.phone;
  saga.push_token = order.contact.push_token;
  saga.payment_token = order.payment_token;
  for (const auto& line : order.lines) saga.lines.push_back({line.sku, line.quantity, 0});
  return saga;
}

Reason reason_of(const PlaceOrder& order, const Cause& cause) {
  switch (cause.kind) {
    case CauseKind::refused:
      if (cause.step == "pay") return Reason::payment_declined;
      if (order.refused_for == to_string(Reason::unknown_sku)) return Reason::unknown_sku;
      if (order.refused_for == to_string(Reason::mixed_currencies)) return Reason::mixed_currencies;
      return Reason::out_of_stock;
    case CauseKind::timed_out:
      return Reason::timed_out;
    case CauseKind::cancelled:
      return Reason::customer_request;
    case CauseKind::none:
    case CauseKind::by_operator:
      break;
  }
  return Reason::by_operator;
}

}  // namespace shop::order
