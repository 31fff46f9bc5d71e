#include "waybill/outbox/wire_json.hpp"

#include <nlohmann/json.hpp>

#include <array>
#include <utility>

namespace waybill::outbox {
namespace {

using message::WireMessage;
using nlohmann::json;

struct Property {
  std::string_view name;
  std::string WireMessage::*member;
};
constexpr std::array properties{
    Property{":app_id", &WireMessage::app_id}, Property{":correlation_id", &WireMessage::correlation_id},
    Property{":reply_to", &WireMessage::reply_to}, Property{":content_type", &WireMessage::content_type}};
constexpr std::string_view timestamp = ":timestamp";

message::HeaderValue header_value(const json& value) {
  if (value.is_string()) return value.get<std::string>();
  if (value.is_boolean()) return value.get<bool>();
  if (value.is_number_unsigned() && value.get<std::uint64_t>() > std::uint64_t{INT64_MAX}) {
    return value.get<double>();
  }
  if (value.is_number_integer()) return value.get<std::int64_t>();
  if (value.is_number_float()) return value.get<double>();
  return value.dump();
}

bool read_property(const std::string& name, const json& value, WireMessage& message) {
  if (name == timestamp) {
    if (value.is_number_integer()) message.timestamp_s = value.get<std::int64_t>();
    return true;
  }
  for (const auto& property : properties) {
    if (name != property.name) continue;
    message.*property.member = message::to_text(header_value(value));
    return true;
  }
  return false;
}

}  // namespace

std::string write_headers(const WireMessage& message) {
  json object = json::object();
  for (const auto& property : properties) {
    const auto& value = message.*property.member;
    if (!value.empty()) object[std::string(property.name)] = value;
  }
  if (message.timestamp_s) object[std::string(timestamp)] = *message.timestamp_s;
  for (const auto& [name, value] : message.headers) {
    std::visit([&](const auto& held) { object[name] = held; }, value);
  }
  // Bytes that are no UTF-8 would make the whole document unreadable for the database.
  return object.dump(-1, ' ', false, json::error_handler_t::replace);
}

void read_headers(std::string_view text, WireMessage& message) {
  const json object = json::parse(text, nullptr, false);
  if (!object.is_object()) return;
  message.headers.reserve(object.size());
  for (const auto& [name, value] : object.items()) {
    if (value.is_null() || read_property(name, value, message)) continue;
    message.headers.emplace_back(name, header_value(value));
  }
}

}  // namespace waybill::outbox
