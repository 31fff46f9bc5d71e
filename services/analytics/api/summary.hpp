#pragma once

#include "waybill/http/request.hpp"
#include "waybill/http/response.hpp"
#include "waybill/postgres/tx.hpp"

namespace shop::analytics {

/// GET /api/v1/analytics/summary
waybill::http::Response show_summary(const waybill::http::Request& request, waybill::postgres::Tx& tx);

}  // namespace shop::analytics
