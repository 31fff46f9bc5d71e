#include "api/order_json.hpp"

#include <nlohmann/json.hpp>

#include "waybill/base/timestamp.hpp"

namespace shop::order {
namespace {

using nlohmann::ordered_json;

ordered_json money_json(const Money& money) {
  return {{"minor_units", money.minor_units}, {"currency", money.currency}};
}

ordered_json contact_json(const Contact& contact) {
  auto json = ordered_json::object();
  if (!contact.email.empty()) json["email"] = contact.email;
  if (!contact.phone.empty()) json["phone"] = contact.phone;
  if (!contact.push_token.empty()) json["push_token"] = contact.push_token;
  return json;
}

ordered_json line_json(const PricedLine& line) {
  ordered_json json{{"sku", line.sku}, {"quantity", line.quantity}};
  if (line.unit_price) json["unit_price"] = money_json(*line.unit_price);
  return json;
}

}  // namespace

std::string json_of(const Order& order) {
  ordered_json json{{"id", order.id.to_string()},
                    {"status", to_string(order.status)},
                    {"customer_id", order.customer_id},
                    {"contact", contact_json(order.contact)},
                    {"lines", ordered_json::array()}};
  for (const auto& line : order.lines) json["lines"].push_back(line_json(line));
  if (order.total) json["total"] = money_json(*order.total);
  if (order.reason) json["reason"] = to_string(*order.reason);
  json["placed_at"] = waybill::base::format_timestamp_ms(order.placed_at);
  if (order.ended_at) json["ended_at"] = waybill::base::format_timestamp_ms(*order.ended_at);
  return json.dump();
}

std::string json_of(const waybill::saga::JournalEntry& entry) {
  // What operators tell one another is not for clients.
  auto told = entry;
  if (told.kind == waybill::saga::InputKind::operate) told.by.clear();
  return ordered_json{{"at", waybill::base::format_timestamp_ms(entry.at)},
                      {"what", waybill::saga::in_words(told)},
                      {"step", entry.at_step},
                      {"saga", waybill::saga::to_string(entry.status)}}
      .dump();
}

}  // namespace shop::order
