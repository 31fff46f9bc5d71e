#pragma once

#include "domain/order_event.hpp"
#include "waybill/contract/payload.hpp"
#include "waybill/message/envelope.hpp"

namespace shop::notification {

/// What an event of the order service says to this one; inbox::Permanent for one that lacks what it has to
/// have. ENSURE: it is one of those that order_events() handles.
OrderEvent read_event(const waybill::contract::Payload& payload, const waybill::message::Envelope& envelope);

}  // namespace shop::notification
