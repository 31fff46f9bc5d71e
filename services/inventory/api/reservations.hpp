#pragma once

#include "waybill/http/request.hpp"
#include "waybill/http/response.hpp"
#include "waybill/postgres/tx.hpp"

namespace shop::inventory::api {

/// For operators: what was set aside for an order, or is set aside at all.
waybill::http::Response list_reservations(const waybill::http::Request& request, waybill::postgres::Tx& tx);

}  // namespace shop::inventory::api
