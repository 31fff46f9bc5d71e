#pragma once

#include "domain/warehouse.hpp"
#include "waybill/postgres/tx.hpp"

namespace shop::inventory::stock {

/// The shelves and reservations that these commands need. Until the transaction ends, no other one changes
/// them or makes a reservation for one of these sagas: shelves and sagas are locked, each in one order for
/// all, so that batches wait for one another and never in a circle.
Warehouse load(waybill::postgres::Tx& tx, const Needs& needs, Warehouse::NewId new_id);

/// Writes what has changed: however many commands there were, three statements that are not waited for.
void save(waybill::postgres::Tx& tx, const Warehouse& warehouse);

}  // namespace shop::inventory::stock
