#pragma once

#include <cstdint>
#include <optional>

#include "domain/payment.hpp"
#include "waybill/base/uuid.hpp"

namespace shop::payment {

/// Whose books a transfer is written into; there is one of each in every currency.
enum class Account : std::uint8_t {
  provider_clearing,  ///< what the provider has taken from customers for the shop
  shop_revenue,       ///< what the shop has earned
};

enum class TransferKind : std::uint8_t { capture, refund };

/// The same money once as debit and once as credit: what it adds up to is nothing, whatever it holds.
struct Transfer {
  waybill::base::Uuid id{};
  waybill::base::Uuid payment_id{};
  TransferKind kind = TransferKind::capture;
  Account debit = Account::provider_clearing;
  Account credit = Account::shop_revenue;
  Money amount{};
  friend bool operator==(const Transfer&, const Transfer&) = default;
};

/// What a payment of this amount writes into the ledger when it is charged or given back; nothing for an
/// amount of zero.
std::optional<Transfer> transfer_of(const Payment& payment, TransferKind kind, const waybill::base::Uuid& id);

}  // namespace shop::payment
