#pragma once

#include <boost/system/result.hpp>

#include "domain/order.hpp"
#include "waybill/http/problem.hpp"
#include "waybill/http/request.hpp"

namespace shop::order {

/// The order that a request's body asks for, or all that is wrong with it.
boost::system::result<NewOrder, waybill::http::Problem> read_order(const waybill::http::Request& request);

}  // namespace shop::order
