#include "waybill/saga/data.hpp"

#include <algorithm>
#include <cmath>
#include <stdexcept>

namespace waybill::saga {
namespace {

bool is_finite(const nlohmann::json& json) {
  if (json.is_number_float()) return std::isfinite(json.get<double>());
  return !json.is_structured() || std::ranges::all_of(json, is_finite);
}

}  // namespace

std::string write_data(const nlohmann::json& json) {
  if (!is_finite(json))
    throw std::runtime_error("what a saga remembers holds a number that is infinite or none");
  return json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

}  // namespace waybill::saga
