#pragma once

#include <boost/system/result.hpp>
#include <cstdint>
#include <string>

#include "domain/product.hpp"
#include "waybill/http/problem.hpp"
#include "waybill/http/request.hpp"

namespace shop::inventory::api {

struct ProductWish {
  std::string sku;
  std::string name;
  Money price;
};
boost::system::result<ProductWish, waybill::http::Problem> read_product(
    const waybill::http::Request& request);

struct RestockWish {
  std::string sku;
  std::int64_t quantity = 0;
};
boost::system::result<RestockWish, waybill::http::Problem> read_restock(
    const waybill::http::Request& request);

}  // namespace shop::inventory::api
