#pragma once

#include "waybill/inbox/handlers.hpp"

namespace shop::inventory {

/// ReserveStock, ConfirmReservation and ReleaseStock: all of them that come in a transaction are answered
/// together, in the order in which they came, by a constant number of statements.
waybill::inbox::Handlers stock_commands();

}  // namespace shop::inventory
