#include "persistence/columns.hpp"

#include <nlohmann/json.hpp>

namespace shop::order {

using waybill::postgres::Json;

Json contact_column(const Contact& contact) {
  auto json = nlohmann::json::object();
  if (!contact.email.empty()) json["email"] = contact.email;
  if (!contact.phone.empty()) json["phone"] = contact.phone;
  if (!contact.push_token.empty()) json["push_token"] = contact.push_token;
  return {json.dump()};
}

Contact contact_of(const Json& column) {
  const auto json = nlohmann::json::parse(column.text);
  return {json.value("email", ""), json.value("phone", ""), json.value("push_token", "")};
}

Json lines_column(const std::vector<PricedLine>& lines) {
  auto json = nlohmann::json::array();
  for (const auto& line : lines) {
    auto& each = json.emplace_back(nlohmann::json{{"sku", line.sku}, {"quantity", line.quantity}});
    if (line.unit_price) each["unit_price_minor"] = line.unit_price->minor_units;
  }
  return {json.dump()};
}

std::vector<PricedLine> lines_of(const Json& column, const std::string& currency) {
  std::vector<PricedLine> lines;
  for (const auto& each : nlohmann::json::parse(column.text)) {
    auto& line = lines.emplace_back(
        PricedLine{each.at("sku").get<std::string>(), each.at("quantity").get<std::int64_t>(), {}});
    if (const auto price = each.find("unit_price_minor"); price != each.end()) {
      line.unit_price = Money{price->get<std::int64_t>(), currency};
    }
  }
  return lines;
}

}  // namespace shop::order
