#pragma once

#include <variant>

#include "domain/cashier.hpp"
#include "shop/payment/v1/payment.contract.hpp"
#include "waybill/base/uuid.hpp"
#include "waybill/message/envelope.hpp"

namespace shop::payment {

/// The service's reminder to itself.
struct Settle {
  waybill::base::Uuid payment_id{};
};
using Command = std::variant<Charge, Refund, Settle>;

/// What a message asks for. Throws inbox::Permanent, which says what is wrong and never what a token is, for
/// one whose sender does not keep to the contract.
Command read_command(const v1::ChargePayment& command, const waybill::message::Envelope& envelope);
Command read_command(const v1::RefundPayment& command, const waybill::message::Envelope& envelope);
Command read_command(const v1::SettleCharge& command, const waybill::message::Envelope& envelope);

}  // namespace shop::payment
