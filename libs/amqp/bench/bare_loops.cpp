#include "bare_loops.hpp"

#include <amqp.h>
#include <amqp_framing.h>
#include <amqp_tcp_socket.h>

#include <algorithm>
#include <chrono>
#include <stdexcept>

#include "waybill/base/clock.hpp"

namespace waybill::amqp::bench {
namespace {

constexpr amqp_channel_t channel = 1;

amqp_bytes_t bytes_of(const std::string& text) { return {text.size(), const_cast<char*>(text.data())}; }

class Bare {
 public:
  explicit Bare(const Endpoint& broker) : connection_(amqp_new_connection()) {
    auto* socket = amqp_tcp_socket_new(connection_);
    if (amqp_socket_open(socket, broker.host.c_str(), broker.port) != AMQP_STATUS_OK) fail("connect");
    const auto login = amqp_login(connection_, broker.virtual_host.c_str(), 0, 131'072, 0,
                                  AMQP_SASL_METHOD_PLAIN, broker.user.c_str(), broker.password.c_str());
    if (login.reply_type != AMQP_RESPONSE_NORMAL) fail("log in");
    amqp_channel_open(connection_, channel);
    check("open a channel");
  }
  ~Bare() { amqp_destroy_connection(connection_); }
  Bare(const Bare&) = delete;
  Bare& operator=(const Bare&) = delete;

  void check(const char* what) const {
    if (amqp_get_rpc_reply(connection_).reply_type != AMQP_RESPONSE_NORMAL) fail(what);
  }
  [[noreturn]] static void fail(const char* what) {
    throw std::runtime_error(std::string{"the bare loop cannot "} + what);
  }
  amqp_connection_state_t get() const { return connection_; }

 private:
  amqp_connection_state_t connection_;
};

double seconds_since(base::SteadyTime start) {
  return std::chrono::duration<double>(base::system_clock().steady() - start).count();
}

}  // namespace

double publish_bare(const Work& work) {
  const Bare bare(work.broker);
  amqp_confirm_select(bare.get(), channel);
  bare.check("select confirms");
  const std::string body(work.body_bytes, 'x');
  amqp_basic_properties_t properties{};
  properties._flags = AMQP_BASIC_DELIVERY_MODE_FLAG;
  properties.delivery_mode = AMQP_DELIVERY_PERSISTENT;
  const auto start = base::system_clock().steady();
  std::uint64_t sent = 0;
  std::uint64_t confirmed = 0;
  while (confirmed < work.messages) {
    while (sent < work.messages && sent - confirmed < work.window) {
      amqp_basic_publish(bare.get(), channel, amqp_empty_bytes, bytes_of(work.queue), 1, 0, &properties,
                         bytes_of(body));
      ++sent;
    }
    amqp_frame_t frame;
    if (amqp_simple_wait_frame(bare.get(), &frame) != AMQP_STATUS_OK) Bare::fail("wait for a confirm");
    if (frame.frame_type == AMQP_FRAME_METHOD && frame.payload.method.id == AMQP_BASIC_ACK_METHOD) {
      const auto& ack = *static_cast<const amqp_basic_ack_t*>(frame.payload.method.decoded);
      // Confirms may overtake one another; counting is exact where `multiple` covers the rest.
      confirmed = ack.multiple != 0 ? std::max(confirmed, ack.delivery_tag) : confirmed + 1;
    }
    amqp_maybe_release_buffers(bare.get());
  }
  return seconds_since(start);
}

double consume_bare(const Work& work) {
  const Bare bare(work.broker);
  amqp_basic_qos(bare.get(), channel, 0, static_cast<std::uint16_t>(work.window), 0);
  bare.check("limit the prefetch");
  const auto start = base::system_clock().steady();
  amqp_basic_consume(bare.get(), channel, bytes_of(work.queue), amqp_empty_bytes, 0, 0, 0, amqp_empty_table);
  bare.check("consume");
  for (std::size_t done = 0; done < work.messages; ++done) {
    amqp_envelope_t envelope;
    amqp_maybe_release_buffers(bare.get());
    const auto reply = amqp_consume_message(bare.get(), &envelope, nullptr, 0);
    if (reply.reply_type != AMQP_RESPONSE_NORMAL) Bare::fail("consume a message");
    // One ack for many, as a bare loop would: half a prefetch at a time.
    if ((done + 1) % (work.window / 2) == 0 || done + 1 == work.messages) {
      amqp_basic_ack(bare.get(), channel, envelope.delivery_tag, 1);
    }
    amqp_destroy_envelope(&envelope);
  }
  return seconds_since(start);
}

void make_queue(const Work& work) {
  const Bare bare(work.broker);
  amqp_table_entry_t entry{};
  entry.key = amqp_cstring_bytes("x-queue-type");
  entry.value.kind = AMQP_FIELD_KIND_UTF8;
  entry.value.value.bytes = amqp_cstring_bytes("quorum");
  amqp_queue_declare(bare.get(), channel, bytes_of(work.queue), 0, 1, 0, 0, {1, &entry});
  bare.check("declare the queue");
}

void delete_queue(const Work& work) {
  const Bare bare(work.broker);
  amqp_queue_delete(bare.get(), channel, bytes_of(work.queue), 0, 0);
  bare.check("delete the queue");
}

}  // namespace waybill::amqp::bench
