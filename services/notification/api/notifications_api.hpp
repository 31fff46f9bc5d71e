#pragma once

#include "waybill/http/request.hpp"
#include "waybill/http/response.hpp"
#include "waybill/postgres/tx.hpp"

namespace shop::notification {

/// The newest first, of an order, a customer, both, or all.
waybill::http::Response list_notifications(const waybill::http::Request& request, waybill::postgres::Tx& tx);

}  // namespace shop::notification
