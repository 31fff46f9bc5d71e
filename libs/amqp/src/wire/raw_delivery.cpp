#include "wire/raw_delivery.hpp"

#include <string_view>
#include <utility>

#include "fault.hpp"
#include "waybill/base/ensure.hpp"
#include "wire/bytes.hpp"
#include "wire/content.hpp"

namespace waybill::amqp {
namespace {

// The broker takes 128 MiB at most, whatever is said elsewhere; a size above it is a lie or a fault.
constexpr std::uint64_t largest_body = 512ULL * 1024 * 1024;

[[noreturn]] void misplaced(std::string_view what) {
  throw ConnectionFault(Trouble::lost, "the broker sent a " + std::string{what} + " where none belongs");
}

}  // namespace

message::Delivery decoded(RawDelivery&& raw, Pool& pool) {
  const std::string_view head = raw.head;
  const auto after_names = raw.exchange_bytes + raw.routing_key_bytes;
  void* properties = nullptr;
  pool.recycle();
  const int status =
      amqp_decode_properties(AMQP_BASIC_CLASS, pool.get(), to_bytes(head.substr(after_names)), &properties);
  ENSURE(status >= 0, "the properties are those that were decoded when they were read");
  message::Delivery delivery;
  delivery.tag = raw.tag;
  delivery.redelivered = raw.redelivered;
  delivery.origin = {
      message::Exchange{std::string{head.substr(0, raw.exchange_bytes)}},
      message::RoutingKey{std::string{head.substr(raw.exchange_bytes, raw.routing_key_bytes)}}};
  delivery.message = to_message(*static_cast<const amqp_basic_properties_t*>(properties));
  delivery.message.body = std::move(raw.body);
  return delivery;
}

void DeliveryAssembler::begin(const amqp_basic_deliver_t& method, std::uint64_t session) {
  if (waiting_ != Waiting::for_method) misplaced("delivery");
  delivery_.tag = {session, method.delivery_tag};
  delivery_.redelivered = method.redelivered != 0;
  delivery_.exchange_bytes = method.exchange.len;
  delivery_.routing_key_bytes = method.routing_key.len;
  delivery_.head = to_view(method.exchange);
  delivery_.head += to_view(method.routing_key);
  waiting_ = Waiting::for_header;
}

bool DeliveryAssembler::header(const amqp_frame_t& frame) {
  if (waiting_ != Waiting::for_header) misplaced("content header");
  const auto& header = frame.payload.properties;
  if (header.body_size > largest_body) misplaced("message of " + std::to_string(header.body_size) + " bytes");
  body_bytes_ = header.body_size;
  delivery_.head += to_view(header.raw);
  delivery_.body.reserve(body_bytes_);
  waiting_ = Waiting::for_body;
  return complete();
}

bool DeliveryAssembler::body(const amqp_frame_t& frame) {
  if (waiting_ != Waiting::for_body) misplaced("message body");
  delivery_.body += to_view(frame.payload.body_fragment);
  return complete();
}

bool DeliveryAssembler::complete() {
  if (delivery_.body.size() > body_bytes_) misplaced("body larger than its header says");
  if (delivery_.body.size() < body_bytes_) return false;
  waiting_ = Waiting::for_take;
  return true;
}

RawDelivery DeliveryAssembler::take() {
  ENSURE(waiting_ == Waiting::for_take, "a delivery is taken when it is complete");
  waiting_ = Waiting::for_method;
  return std::exchange(delivery_, {});
}

}  // namespace waybill::amqp
