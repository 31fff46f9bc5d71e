#pragma once

#include "waybill/inbox/handlers.hpp"

namespace shop::notification {

/// Makes of each event of an order one request for each channel over which its customer is to hear of it,
/// with a row that says so.
waybill::inbox::Handlers order_events();

}  // namespace shop::notification
