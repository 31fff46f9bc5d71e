#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <span>
#include <vector>

#include "domain/payment.hpp"
#include "waybill/base/clock.hpp"
#include "waybill/base/uuid.hpp"
#include "waybill/postgres/tx.hpp"

namespace shop::payment::payments {

/// A payment, and what only the database knows of it.
struct Stored {
  Payment payment{};
  waybill::base::WallTime created_at{};
  waybill::base::WallTime changed_at{};
};

/// The payments of these references, locked to the end of the transaction; so are the references that have
/// none, so that nobody else makes it meanwhile. Sorted, so that two transactions never wait for each other.
std::vector<Payment> load_locked(waybill::postgres::Tx& tx, const std::set<Reference>& references);

/// Which reference these payments have; those that there are not are left out. Nothing is locked: it never
/// changes.
std::vector<std::pair<waybill::base::Uuid, Reference>> references_of(
    waybill::postgres::Tx& tx, const std::vector<waybill::base::Uuid>& ids);

/// Writes new payments, and what may change of others. Pipelined.
void store(waybill::postgres::Tx& tx, std::span<const Payment> payments);

std::optional<Stored> find(waybill::postgres::Tx& tx, const waybill::base::Uuid& id);

/// The newest first, those before one id, of one order or of all.
std::vector<Stored> list(waybill::postgres::Tx& tx, const std::optional<waybill::base::Uuid>& order_id,
                         const std::optional<waybill::base::Uuid>& before, std::int64_t most);

}  // namespace shop::payment::payments
