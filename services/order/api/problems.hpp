#pragma once

#include "waybill/http/problem.hpp"

namespace shop::order {

/// What clients are told of orders beside what http and accept say; README.md lists them.
waybill::http::Problem no_such_order();
waybill::http::Problem too_late();
waybill::http::Problem not_now();
waybill::http::Problem unwanted_body();

}  // namespace shop::order
