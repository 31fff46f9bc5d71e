#include "waybill/outbox/sendable.hpp"

#include <array>
#include <utility>

namespace waybill::outbox {
namespace {

std::string too_long(std::string_view what, std::size_t bytes, std::size_t most) {
  return std::string(what) + " has " + std::to_string(bytes) + " bytes, and AMQP takes " +
         std::to_string(most);
}

std::size_t bytes_of(const message::Headers& headers) {
  std::size_t bytes = 0;
  for (const auto& [name, value] : headers) {
    const auto* text = std::get_if<std::string>(&value);
    bytes += name.size() + (text != nullptr ? text->size() : sizeof(std::int64_t)) + 6;
  }
  return bytes;
}

}  // namespace

std::optional<std::string> why_not_sendable(const message::Address& to, const message::WireMessage& message) {
  const std::array<std::pair<std::string_view, const std::string*>, 8> names{{
      {"the exchange's name", &to.exchange.value()},
      {"the routing key", &to.routing_key.value()},
      {"the id", &message.message_id},
      {"the type", &message.type},
      {"the source", &message.app_id},
      {"the correlation id", &message.correlation_id},
      {"the reply address", &message.reply_to},
      {"the content type", &message.content_type},
  }};
  for (const auto& [what, name] : names) {
    if (name->size() > max_name_bytes) return too_long(what, name->size(), max_name_bytes);
  }
  for (const auto& [name, value] : message.headers) {
    if (name.size() > max_name_bytes) return too_long("a header's name", name.size(), max_name_bytes);
  }
  if (const auto bytes = bytes_of(message.headers); bytes > max_headers_bytes) {
    return "its headers have " + std::to_string(bytes) + " bytes, and " + std::to_string(max_headers_bytes) +
           " is the most";
  }
  if (message.body.size() > max_payload_bytes) {
    return "its payload has " + std::to_string(message.body.size()) + " bytes, and " +
           std::to_string(max_payload_bytes) + " is the most; keep large data elsewhere and send where it is";
  }
  return std::nullopt;
}

}  // namespace waybill::outbox
