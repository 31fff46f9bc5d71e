#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "domain/ledger.hpp"
#include "waybill/base/clock.hpp"
#include "waybill/base/uuid.hpp"
#include "waybill/postgres/tx.hpp"

namespace shop::payment::ledger {

struct Written {
  Transfer transfer{};
  waybill::base::WallTime at{};
};

struct Balance {
  Account account = Account::provider_clearing;
  Money balance{};  ///< debits less credits
};

/// Adds transfers, behind the payments that they are of. Pipelined.
void add(waybill::postgres::Tx& tx, std::span<const Transfer> transfers);

/// In the order in which they were written.
std::vector<Written> transfers_of(waybill::postgres::Tx& tx, const waybill::base::Uuid& payment_id);

/// Of each account in each currency that anything was written in; sorted by currency.
std::vector<Balance> balances(waybill::postgres::Tx& tx);

}  // namespace shop::payment::ledger
