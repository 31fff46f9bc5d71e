#pragma once

#include "api/product_requests.hpp"
#include "waybill/accept/scope.hpp"
#include "waybill/http/request.hpp"
#include "waybill/http/response.hpp"
#include "waybill/postgres/tx.hpp"

namespace shop::inventory::api {

waybill::http::Response list_products(const waybill::http::Request& request, waybill::postgres::Tx& tx);
waybill::http::Response show_product(const waybill::http::Request& request, waybill::postgres::Tx& tx);
waybill::http::Response show_availability(const waybill::http::Request& request, waybill::postgres::Tx& tx);

/// Each in a transaction of its own (accept::Sharing::alone): one that locked several products, in the order
/// in which their requests came, and a batch of orders, which locks them in the order of their SKUs, could
/// wait for one another.
waybill::http::Response put_product(const ProductWish& wish, waybill::accept::Scope& scope);
waybill::http::Response restock_product(const RestockWish& wish, waybill::accept::Scope& scope);

}  // namespace shop::inventory::api
