#pragma once

#include <boost/system/result.hpp>

#include "domain/order.hpp"
#include "waybill/accept/scope.hpp"
#include "waybill/http/problem.hpp"
#include "waybill/http/request.hpp"
#include "waybill/http/response.hpp"

namespace shop::analytics {

/// POST /api/v1/analytics/rebuild
struct Rebuild {
  WallTime since{};
};
boost::system::result<Rebuild, waybill::http::Problem> read_rebuild(const waybill::http::Request& request);
waybill::http::Response begin_rebuild(const Rebuild& rebuild, waybill::accept::Scope& scope);

}  // namespace shop::analytics
