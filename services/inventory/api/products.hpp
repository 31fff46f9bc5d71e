#pragma once

#include <boost/asio/awaitable.hpp>

#include "waybill/accept/acceptor.hpp"
#include "waybill/http/request.hpp"
#include "waybill/http/response.hpp"
#include "waybill/postgres/tx.hpp"

namespace shop::inventory::api {

waybill::http::Response list_products(const waybill::http::Request& request, waybill::postgres::Tx& tx);
waybill::http::Response show_product(const waybill::http::Request& request, waybill::postgres::Tx& tx);
waybill::http::Response show_availability(const waybill::http::Request& request, waybill::postgres::Tx& tx);

// Each in a transaction of its own: one that locked several products, in the order in which their requests
// came, and a batch of orders, which locks them in the order of their SKUs, could wait for one another.
boost::asio::awaitable<waybill::http::Response> put_product(waybill::accept::Acceptor& acceptor,
                                                            const waybill::http::Request& request);
boost::asio::awaitable<waybill::http::Response> restock_product(waybill::accept::Acceptor& acceptor,
                                                                const waybill::http::Request& request);

}  // namespace shop::inventory::api
