#include "persistence/line_json.hpp"

#include <nlohmann/json.hpp>

namespace shop::inventory::line_json {

using nlohmann::json;
using waybill::postgres::Json;

Json write(const std::vector<PricedLine>& lines) {
  auto list = json::array();
  for (const auto& line : lines) {
    list.push_back({{"sku", line.sku}, {"quantity", line.quantity}, {"unit_price", line.unit_price}});
  }
  return {list.dump()};
}

Json write(const std::vector<Shortage>& shortages) {
  auto list = json::array();
  for (const auto& each : shortages) {
    list.push_back({{"sku", each.sku}, {"requested", each.requested}, {"available", each.available}});
  }
  return {list.dump()};
}

std::vector<PricedLine> read_lines(const Json& json_text) {
  std::vector<PricedLine> lines;
  for (const auto& line : json::parse(json_text.text)) {
    lines.push_back({line.at("sku").get<std::string>(), line.at("quantity").get<std::uint32_t>(),
                     line.at("unit_price").get<std::int64_t>()});
  }
  return lines;
}

std::vector<Shortage> read_shortages(const Json& json_text) {
  std::vector<Shortage> shortages;
  for (const auto& each : json::parse(json_text.text)) {
    shortages.push_back({each.at("sku").get<std::string>(), each.at("requested").get<std::uint32_t>(),
                         each.at("available").get<std::uint32_t>()});
  }
  return shortages;
}

}  // namespace shop::inventory::line_json
