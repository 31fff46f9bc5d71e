#include "handlers/read_commands.hpp"

#include <string>
#include <string_view>

#include "shop/payment/v1/payment.pb.h"
#include "waybill/inbox/fault.hpp"

namespace shop::payment {
namespace {

using waybill::base::Uuid;
using waybill::inbox::Permanent;

constexpr std::size_t longest_customer_id = 256;

[[noreturn]] void refuse(const waybill::message::Envelope& envelope, std::string_view what) {
  throw Permanent("'" + envelope.type + "' " + std::string(what) + ": its sender breaks the contract");
}

Reference reference_in(const waybill::message::Envelope& envelope) {
  if (!envelope.saga) refuse(envelope, "says of no saga's step that it belongs to it");
  return {envelope.saga->saga, envelope.saga->step, static_cast<std::int64_t>(envelope.saga->epoch)};
}

Uuid id_in(const waybill::message::Envelope& envelope, std::string_view text, std::string_view field) {
  const auto id = Uuid::parse(text);
  if (!id) refuse(envelope, "has no UUID in " + std::string(field));
  return *id;
}

}  // namespace

Command read_command(const v1::ChargePayment& command, const waybill::message::Envelope& envelope) {
  Charge charge{.reference = reference_in(envelope),
                .order_id = id_in(envelope, command.order_id(), "order_id"),
                .customer_id = command.customer_id(),
                .amount = {command.amount().minor_units(), command.amount().currency()},
                .token = command.payment_token()};
  if (charge.customer_id.size() > longest_customer_id || charge.customer_id.find('\0') != std::string::npos) {
    refuse(envelope, "has a customer_id that is too long or no text");
  }
  if (charge.amount.minor_units < 0) refuse(envelope, "has an amount that is negative");
  if (!is_currency(charge.amount.currency)) refuse(envelope, "has a currency that is no ISO 4217 code");
  return charge;
}

Command read_command(const v1::RefundPayment& command, const waybill::message::Envelope& envelope) {
  return Refund{reference_in(envelope), id_in(envelope, command.order_id(), "order_id")};
}

Command read_command(const v1::SettleCharge& command, const waybill::message::Envelope& envelope) {
  return Settle{id_in(envelope, command.payment_id(), "payment_id")};
}

}  // namespace shop::payment
