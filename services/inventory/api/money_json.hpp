#pragma once

#include <nlohmann/json.hpp>

#include "domain/product.hpp"

namespace shop::inventory::api {

inline nlohmann::ordered_json money_json(const Money& money) {
  return {{"minor_units", money.minor_units}, {"currency", money.currency}};
}

}  // namespace shop::inventory::api
