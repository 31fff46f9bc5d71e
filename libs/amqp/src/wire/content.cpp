#include "wire/content.hpp"

#include <utility>

#include "wire/bytes.hpp"

namespace waybill::amqp {
namespace {

std::string described(const message::Publication& publication) {
  return "the message for exchange '" + publication.to.exchange.value() + "' with routing key '" +
         publication.to.routing_key.value().substr(0, longest_name) + "'";
}

}  // namespace

std::string unsendable(const message::Publication& publication, std::size_t max_message_bytes) {
  const auto& message = publication.message;
  if (message.body.size() > max_message_bytes) {
    return described(publication) + " has " + std::to_string(message.body.size()) +
           " bytes, above the limit of " + std::to_string(max_message_bytes) +
           " (max_message_bytes); keep the payload elsewhere and send a reference to it, or raise the limit";
  }
  const std::pair<std::string_view, const std::string*> names[] = {
      {"exchange", &publication.to.exchange.value()},
      {"routing key", &publication.to.routing_key.value()},
      {"message_id", &message.message_id},
      {"type", &message.type},
      {"app_id", &message.app_id},
      {"correlation_id", &message.correlation_id},
      {"reply_to", &message.reply_to},
      {"content_type", &message.content_type},
  };
  for (const auto& [name, value] : names) {
    if (value->size() <= longest_name) continue;
    return described(publication) + " has a " + std::string{name} + " of " + std::to_string(value->size()) +
           " bytes; AMQP allows 255";
  }
  for (const auto& [name, value] : message.headers) {
    if (name.size() <= longest_name) continue;
    return described(publication) + " has a header name of " + std::to_string(name.size()) +
           " bytes; AMQP allows 255";
  }
  return {};
}

amqp_basic_properties_t ContentWriter::properties(const message::WireMessage& message, std::uint64_t number) {
  amqp_basic_properties_t properties{};
  const auto set = [&](amqp_flags_t flag, amqp_bytes_t& field, const std::string& text) {
    if (text.empty()) return;
    properties._flags |= flag;
    field = to_bytes(text);
  };
  set(AMQP_BASIC_CONTENT_TYPE_FLAG, properties.content_type, message.content_type);
  set(AMQP_BASIC_CORRELATION_ID_FLAG, properties.correlation_id, message.correlation_id);
  set(AMQP_BASIC_REPLY_TO_FLAG, properties.reply_to, message.reply_to);
  set(AMQP_BASIC_MESSAGE_ID_FLAG, properties.message_id, message.message_id);
  set(AMQP_BASIC_TYPE_FLAG, properties.type, message.type);
  set(AMQP_BASIC_APP_ID_FLAG, properties.app_id, message.app_id);
  if (message.timestamp_s) {
    properties._flags |= AMQP_BASIC_TIMESTAMP_FLAG;
    properties.timestamp = static_cast<std::uint64_t>(*message.timestamp_s);
  }
  headers_.clear();
  for (const auto& [name, value] : message.headers) {
    if (name != publish_number_header) headers_.add(name, value);
  }
  headers_.add(publish_number_header, static_cast<std::int64_t>(number));
  properties._flags |= AMQP_BASIC_HEADERS_FLAG | AMQP_BASIC_DELIVERY_MODE_FLAG;
  properties.headers = headers_.table();
  properties.delivery_mode = AMQP_DELIVERY_PERSISTENT;
  return properties;
}

bool ContentWriter::write(FrameWriter& out, amqp_channel_t channel, const message::Publication& publication,
                          std::uint64_t number) {
  const auto& body = publication.message.body;
  amqp_basic_publish_t method{};
  method.exchange = to_bytes(publication.to.exchange.value());
  method.routing_key = to_bytes(publication.to.routing_key.value());
  method.mandatory = 1;
  const std::size_t before = out.buffer().size();
  out.method(channel, AMQP_BASIC_PUBLISH_METHOD, &method);
  if (!out.content_header(channel, properties(publication.message, number), body.size())) {
    out.buffer().withdraw(out.buffer().size() - before);
    return false;
  }
  out.body(channel, body);
  return true;
}

message::WireMessage to_message(const amqp_basic_properties_t& properties) {
  message::WireMessage message;
  const auto copy = [&](amqp_flags_t flag, std::string& to, amqp_bytes_t from) {
    if ((properties._flags & flag) != 0) to = to_view(from);
  };
  copy(AMQP_BASIC_CONTENT_TYPE_FLAG, message.content_type, properties.content_type);
  copy(AMQP_BASIC_CORRELATION_ID_FLAG, message.correlation_id, properties.correlation_id);
  copy(AMQP_BASIC_REPLY_TO_FLAG, message.reply_to, properties.reply_to);
  copy(AMQP_BASIC_MESSAGE_ID_FLAG, message.message_id, properties.message_id);
  copy(AMQP_BASIC_TYPE_FLAG, message.type, properties.type);
  copy(AMQP_BASIC_APP_ID_FLAG, message.app_id, properties.app_id);
  if ((properties._flags & AMQP_BASIC_TIMESTAMP_FLAG) != 0) {
    message.timestamp_s = static_cast<std::int64_t>(properties.timestamp);
  }
  message.persistent = (properties._flags & AMQP_BASIC_DELIVERY_MODE_FLAG) != 0 &&
                       properties.delivery_mode == AMQP_DELIVERY_PERSISTENT;
  if ((properties._flags & AMQP_BASIC_HEADERS_FLAG) != 0) {
    message.headers = to_headers(properties.headers, publish_number_header);
  }
  return message;
}

}  // namespace waybill::amqp
