#pragma once

#include <span>

#include "waybill/postgres/tx.hpp"
#include "waybill/saga/engine.hpp"

namespace shop::order {

/// Writes to the orders what their sagas have come to, where that shows outside.
void follow_sagas(waybill::postgres::Tx& tx, std::span<const waybill::saga::Progress> sagas);

}  // namespace shop::order
