#include "waybill/outbox/wire_json.hpp"

#include <nlohmann/json.hpp>

#include <array>
#include <type_traits>
#include <utility>

#include "waybill/base/utf8.hpp"
#include "waybill/base/uuid.hpp"

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
constexpr std::string_view foreign_id = ":message_id";

/// Of an id that is not of our making, the row holds only what was derived from it.
bool is_foreign(std::string_view message_id) {
  const auto id = base::Uuid::parse(message_id);
  return !message_id.empty() && !(id && id->version() == 7);
}

json storable(const message::HeaderValue& value) {
  return std::visit(
      [](const auto& held) -> json {
        if constexpr (std::is_same_v<std::decay_t<decltype(held)>, std::string>) {
          return base::storable(held);
        } else {
          return held;
        }
      },
      value);
}

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
  if (name == foreign_id) {
    message.message_id = message::to_text(header_value(value));
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
    if (!value.empty()) object[std::string(property.name)] = base::storable(value);
  }
  if (is_foreign(message.message_id)) object[std::string(foreign_id)] = base::storable(message.message_id);
  if (message.timestamp_s) object[std::string(timestamp)] = *message.timestamp_s;
  for (const auto& [name, value] : message.headers) {
    object[base::storable(name)] = storable(value);
  }
  return object.dump();
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
