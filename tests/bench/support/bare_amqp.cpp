#include "bare_amqp.hpp"

#include <amqp_tcp_socket.h>

#include <array>
#include <stdexcept>
#include <vector>

#include "figures.hpp"
#include "sample_message.hpp"

namespace waybill::bench {
namespace {

constexpr amqp_channel_t channel = 1;

amqp_bytes_t bytes_of(const std::string& text) { return {text.size(), const_cast<char*>(text.data())}; }

void check_reply(const amqp_rpc_reply_t& reply, const char* doing) {
  if (reply.reply_type == AMQP_RESPONSE_NORMAL) return;
  throw std::runtime_error(std::string("bare rabbitmq-c: ") + doing + " failed");
}

// The encoded properties and headers of the sample, made once: the floor pays for sending them, not for
// making them.
struct EncodedSample {
  message::WireMessage wire = sample_message();
  std::array<amqp_table_entry_t, 32> entries{};
  amqp_basic_properties_t properties{};

  EncodedSample() {
    int count = 0;
    for (const auto& [name, value] : wire.headers) {
      auto& entry = entries.at(static_cast<std::size_t>(count++));
      entry.key = bytes_of(name);
      if (const auto* text = std::get_if<std::string>(&value)) {
        entry.value.kind = AMQP_FIELD_KIND_UTF8;
        entry.value.value.bytes = bytes_of(*text);
      } else {
        entry.value.kind = AMQP_FIELD_KIND_I64;
        entry.value.value.i64 = std::get<std::int64_t>(value);
      }
    }
    properties._flags = AMQP_BASIC_HEADERS_FLAG | AMQP_BASIC_MESSAGE_ID_FLAG | AMQP_BASIC_TYPE_FLAG |
                        AMQP_BASIC_APP_ID_FLAG | AMQP_BASIC_CORRELATION_ID_FLAG | AMQP_BASIC_REPLY_TO_FLAG |
                        AMQP_BASIC_CONTENT_TYPE_FLAG | AMQP_BASIC_TIMESTAMP_FLAG |
                        AMQP_BASIC_DELIVERY_MODE_FLAG;
    properties.headers = {count, entries.data()};
    properties.message_id = bytes_of(wire.message_id);
    properties.type = bytes_of(wire.type);
    properties.app_id = bytes_of(wire.app_id);
    properties.correlation_id = bytes_of(wire.correlation_id);
    properties.reply_to = bytes_of(wire.reply_to);
    properties.content_type = bytes_of(wire.content_type);
    properties.timestamp = static_cast<std::uint64_t>(wire.timestamp_s.value_or(0));
    properties.delivery_mode = 2;
  }
};

// A single ack may come ahead of the multiple one that covers its elders, so each tag is counted once.
class Confirms {
 public:
  Confirms(std::uint64_t first_tag, std::uint64_t most) : first_tag_(first_tag), seen_(most) {}

  std::uint64_t count() const { return count_; }

  void take(const amqp_frame_t& frame) {
    if (frame.frame_type != AMQP_FRAME_METHOD || frame.payload.method.id != AMQP_BASIC_ACK_METHOD) {
      throw std::runtime_error("bare rabbitmq-c: something else than an ack arrived");
    }
    const auto* ack = static_cast<const amqp_basic_ack_t*>(frame.payload.method.decoded);
    const std::uint64_t index = ack->delivery_tag - first_tag_;
    if (!ack->multiple) return take(index);
    while (lowest_ <= index) take(lowest_++);
  }

 private:
  void take(std::uint64_t index) {
    if (!seen_.at(index)) ++count_;
    seen_[index] = true;
  }

  std::uint64_t first_tag_;
  std::vector<bool> seen_;
  std::uint64_t lowest_ = 0;
  std::uint64_t count_ = 0;
};

}  // namespace

BareAmqp::BareAmqp() : BareAmqp(need_environment("WAYBILL_RABBITMQ_URL")) {}

BareAmqp::BareAmqp(std::string url) : connection_(amqp_new_connection()) {
  amqp_connection_info info{};
  if (amqp_parse_url(url.data(), &info) != AMQP_STATUS_OK)
    throw std::runtime_error("bare rabbitmq-c: this is no AMQP URL");
  const char* virtual_host = *info.vhost == '\0' ? "/" : info.vhost;
  amqp_socket_t* socket = amqp_tcp_socket_new(connection_);
  if (!socket || amqp_socket_open(socket, info.host, info.port) != AMQP_STATUS_OK) {
    throw std::runtime_error("bare rabbitmq-c: no connection to " + std::string(info.host));
  }
  check_reply(
      amqp_login(connection_, virtual_host, 0, 131072, 0, AMQP_SASL_METHOD_PLAIN, info.user, info.password),
      "login");
  amqp_channel_open(connection_, channel);
  check("opening the channel");
}

BareAmqp::~BareAmqp() {
  amqp_connection_close(connection_, AMQP_REPLY_SUCCESS);
  amqp_destroy_connection(connection_);
}

void BareAmqp::declare_quorum_queue(const std::string& name) {
  amqp_table_entry_t type{};
  type.key = amqp_cstring_bytes("x-queue-type");
  type.value.kind = AMQP_FIELD_KIND_UTF8;
  type.value.value.bytes = amqp_cstring_bytes("quorum");
  amqp_queue_declare(connection_, channel, bytes_of(name), 0, 1, 0, 0, amqp_table_t{1, &type});
  check("declaring the queue");
}

void BareAmqp::delete_queue(const std::string& name) {
  amqp_queue_delete(connection_, channel, bytes_of(name), 0, 0);
  check("deleting the queue");
}

void BareAmqp::confirm_mode() {
  amqp_confirm_select(connection_, channel);
  check("confirm mode");
}

void BareAmqp::consume(const std::string& queue, std::uint16_t prefetch) {
  amqp_basic_qos(connection_, channel, 0, prefetch, 0);
  check("setting the prefetch");
  amqp_basic_consume(connection_, channel, bytes_of(queue), amqp_empty_bytes, 0, 0, 0, amqp_empty_table);
  check("consuming");
}

void BareAmqp::publish_confirmed(const std::string& queue, int count, int window) {
  const EncodedSample sample;
  publish_confirmed(static_cast<std::uint64_t>(count), static_cast<std::uint64_t>(window), [&](auto) {
    return amqp_basic_publish(connection_, channel, amqp_empty_bytes, bytes_of(queue), 1, 0,
                              &sample.properties, bytes_of(sample.wire.body));
  });
}

void BareAmqp::publish_confirmed(std::span<const BareMessage> messages) {
  static const EncodedSample sample;
  publish_confirmed(messages.size(), messages.size(), [&](std::uint64_t index) {
    const auto& message = messages[index];
    auto properties = sample.properties;
    properties.message_id = bytes_of(message.id);
    properties.type = bytes_of(message.type);
    properties.correlation_id = bytes_of(message.correlation_id);
    return amqp_basic_publish(connection_, channel, bytes_of(message.exchange), bytes_of(message.routing_key),
                              1, 0, &properties, bytes_of(sample.wire.body));
  });
}

void BareAmqp::publish_confirmed(std::uint64_t count, std::uint64_t window,
                                 const std::function<int(std::uint64_t)>& publish) {
  Confirms confirms(published_ + 1, count);
  published_ += count;
  for (std::uint64_t sent = 0; confirms.count() < count;) {
    if (sent < count && sent - confirms.count() < window) {
      if (publish(sent) != AMQP_STATUS_OK) throw std::runtime_error("bare rabbitmq-c: publishing failed");
      ++sent;
    } else {
      confirms.take(wait_frame());
      amqp_maybe_release_buffers(connection_);
    }
  }
}

amqp_frame_t BareAmqp::wait_frame() {
  amqp_frame_t frame{};
  if (amqp_simple_wait_frame(connection_, &frame) != AMQP_STATUS_OK) {
    throw std::runtime_error("bare rabbitmq-c: the connection ended");
  }
  return frame;
}

void BareAmqp::check(const char* doing) { check_reply(amqp_get_rpc_reply(connection_), doing); }

}  // namespace waybill::bench
