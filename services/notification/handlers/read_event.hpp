#pragma once

#include "domain/order_event.hpp"
#include "shop/order/v1/order.contract.hpp"
#include "waybill/message/envelope.hpp"

namespace shop::notification {

/// What an event of the order service says to this one; inbox::Permanent for one that lacks what it has to
/// have.
OrderEvent read_event(const order::v1::OrderPlaced& placed, const waybill::message::Envelope& envelope);
OrderEvent read_event(const order::v1::OrderConfirmed& confirmed, const waybill::message::Envelope& envelope);
OrderEvent read_event(const order::v1::OrderCancelled& cancelled, const waybill::message::Envelope& envelope);

}  // namespace shop::notification
