#pragma once

#include <span>
#include <string>

#include "persistence/ledger.hpp"
#include "persistence/payments.hpp"

namespace shop::payment {

/// As it stands in a listing.
std::string to_json(const payments::Stored& payment);
/// By itself, with what it has written into the ledger.
std::string to_json(const payments::Stored& payment, std::span<const ledger::Written> transfers);
/// The balances, and what they add up to in each currency.
std::string to_json(std::span<const ledger::Balance> balances);

}  // namespace shop::payment
