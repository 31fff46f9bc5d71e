#pragma once

#include <variant>

#include "domain/cashier.hpp"
#include "waybill/base/uuid.hpp"
#include "waybill/inbox/handlers.hpp"

namespace shop::payment {

/// The service's reminder to itself.
struct Settle {
  waybill::base::Uuid payment_id{};
};
using Command = std::variant<Charge, Refund, Settle>;

/// What a message asks for. Throws inbox::Permanent, which says what is wrong and never what a token is, for
/// one whose sender does not keep to the contract.
Command read_command(const waybill::inbox::Handlers::Part& part);

}  // namespace shop::payment
