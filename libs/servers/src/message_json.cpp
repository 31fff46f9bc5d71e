#include "message_json.hpp"

#include <array>
#include <string>

#include "base64.hpp"

namespace waybill::servers {
namespace {

using message::HeaderValue;
using message::WireMessage;
using nlohmann::json;

struct TextProperty {
  const char* name;
  std::string WireMessage::*member;
};

constexpr std::array<TextProperty, 6> text_properties{{{"message_id", &WireMessage::message_id},
                                                       {"type", &WireMessage::type},
                                                       {"app_id", &WireMessage::app_id},
                                                       {"correlation_id", &WireMessage::correlation_id},
                                                       {"reply_to", &WireMessage::reply_to},
                                                       {"content_type", &WireMessage::content_type}}};

HeaderValue header_value(const json& value) {
  if (value.is_string()) return value.get<std::string>();
  if (value.is_boolean()) return value.get<bool>();
  if (value.is_number_integer()) return value.get<std::int64_t>();
  if (value.is_number()) return value.get<double>();
  return value.dump();
}

}  // namespace

json to_json(const message::Headers& headers) {
  json object = json::object();
  for (const auto& [name, value] : headers) {
    std::visit([&object, key = name](const auto& held) { object[key] = held; }, value);
  }
  return object;
}

json to_json(const WireMessage& message) {
  json properties{{"delivery_mode", message.persistent ? 2 : 1}, {"headers", to_json(message.headers)}};
  for (const auto& [name, member] : text_properties) {
    if (!(message.*member).empty()) properties[name] = message.*member;
  }
  if (message.timestamp_s) properties["timestamp"] = *message.timestamp_s;
  return {{"properties", properties}, {"payload", to_base64(message.body)}, {"payload_encoding", "base64"}};
}

WireMessage from_json(const json& json) {
  WireMessage message;
  message.body = from_base64(json.at("payload").get<std::string>());
  const auto& properties = json.at("properties");
  if (!properties.is_object()) {  // the broker writes an empty object as an empty list
    message.persistent = false;
    return message;
  }
  for (const auto& [name, member] : text_properties) message.*member = properties.value(name, "");
  message.persistent = properties.value("delivery_mode", 1) == 2;
  if (properties.contains("timestamp")) message.timestamp_s = properties["timestamp"].get<std::int64_t>();
  if (properties.contains("headers") && properties["headers"].is_object()) {
    for (const auto& [name, value] : properties["headers"].items()) {
      // Nobody sent this one: a quorum queue adds how often it has delivered the message.
      if (name != "x-delivery-count") message.headers.emplace_back(name, header_value(value));
    }
  }
  return message;
}

}  // namespace waybill::servers
