#include "wire/content.hpp"

#include <utility>

#include "fault.hpp"
#include "waybill/base/ensure.hpp"
#include "wire/bytes.hpp"

namespace waybill::amqp {
namespace {

constexpr std::size_t longest_name = 255;
// The broker takes 128 MiB at most, whatever is said elsewhere; a size above it is a lie or a fault.
constexpr std::uint64_t largest_body = 512ULL * 1024 * 1024;

std::string described(const message::Publication& publication) {
  return "the message for exchange '" + publication.to.exchange.value() + "' with routing key '" +
         publication.to.routing_key.value().substr(0, longest_name) + "'";
}

[[noreturn]] void misplaced(std::string_view what) {
  throw ConnectionFault(Trouble::lost, "the broker sent a " + std::string{what} + " where none belongs");
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

void DeliveryAssembler::begin(const amqp_basic_deliver_t& method, std::uint64_t session) {
  if (waiting_ != Waiting::for_method) misplaced("delivery");
  delivery_.tag = {session, method.delivery_tag};
  delivery_.redelivered = method.redelivered != 0;
  delivery_.origin = {message::Exchange{to_string(method.exchange)},
                      message::RoutingKey{to_string(method.routing_key)}};
  waiting_ = Waiting::for_header;
}

bool DeliveryAssembler::header(const amqp_frame_t& frame) {
  if (waiting_ != Waiting::for_header) misplaced("content header");
  const auto& header = frame.payload.properties;
  if (header.body_size > largest_body) misplaced("message of " + std::to_string(header.body_size) + " bytes");
  body_bytes_ = header.body_size;
  delivery_.message = to_message(*static_cast<const amqp_basic_properties_t*>(header.decoded));
  delivery_.message.body.reserve(body_bytes_);
  waiting_ = Waiting::for_body;
  return complete();
}

bool DeliveryAssembler::body(const amqp_frame_t& frame) {
  if (waiting_ != Waiting::for_body) misplaced("message body");
  delivery_.message.body += to_view(frame.payload.body_fragment);
  return complete();
}

bool DeliveryAssembler::complete() {
  if (delivery_.message.body.size() > body_bytes_) misplaced("body larger than its header says");
  if (delivery_.message.body.size() < body_bytes_) return false;
  waiting_ = Waiting::for_take;
  return true;
}

message::Delivery DeliveryAssembler::take() {
  ENSURE(waiting_ == Waiting::for_take, "a delivery is taken when it is complete");
  waiting_ = Waiting::for_method;
  return std::exchange(delivery_, {});
}

}  // namespace waybill::amqp
