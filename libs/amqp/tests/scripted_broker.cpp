#include "scripted_broker.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <array>
#include <cstring>
#include <stdexcept>

#include "fault.hpp"
#include "wire/bytes.hpp"

namespace waybill::amqp::tests {
namespace {
constexpr std::uint32_t frame_max = 131'072;
}

void ScriptedPeer::send(amqp_channel_t channel, amqp_method_number_t id, void* decoded) {
  writer.method(channel, id, decoded);
  flush();
}

void ScriptedPeer::send_raw(std::string_view bytes) {
  std::memcpy(writer.buffer().room(bytes.size()).data(), bytes.data(), bytes.size());
  writer.buffer().added(bytes.size());
  flush();
}

void ScriptedPeer::flush() {
  auto& buffer = writer.buffer();
  while (!buffer.empty()) {
    const auto size = ::send(descriptor_, buffer.bytes().data(), buffer.size(), MSG_NOSIGNAL);
    if (size <= 0) return buffer.clear();
    buffer.taken(static_cast<std::size_t>(size));
  }
}

bool ScriptedPeer::next_frame(amqp_frame_t& frame) {
  while (!reader_.next(frame)) {
    const auto room = reader_.buffer().room(4'096);
    const auto size = recv(descriptor_, room.data(), room.size(), 0);
    if (size <= 0) return false;
    reader_.buffer().added(static_cast<std::size_t>(size));
  }
  return true;
}

bool ScriptedPeer::await(amqp_method_number_t id, amqp_frame_t& frame) {
  while (next_frame(frame)) {
    if (frame.frame_type == AMQP_FRAME_METHOD && frame.payload.method.id == id) return true;
  }
  return false;
}

bool ScriptedPeer::await_heartbeat() {
  amqp_frame_t frame{};
  while (next_frame(frame)) {
    if (frame.frame_type == AMQP_FRAME_HEARTBEAT) return true;
  }
  return false;
}

bool ScriptedPeer::await(amqp_method_number_t id) {
  amqp_frame_t frame{};
  return await(id, frame);
}

void ScriptedPeer::await_end() {
  std::array<char, 4'096> bytes{};
  while (recv(descriptor_, bytes.data(), bytes.size(), 0) > 0) continue;
}

bool ScriptedPeer::accept_connection(std::uint16_t heartbeat_s) {
  std::array<char, 8> header{};
  if (recv(descriptor_, header.data(), header.size(), MSG_WAITALL) != 8) return false;
  amqp_connection_start_t start{};
  start.version_minor = 9;
  start.mechanisms = to_bytes("PLAIN");
  start.locales = to_bytes("en_US");
  send(0, AMQP_CONNECTION_START_METHOD, &start);
  await(AMQP_CONNECTION_START_OK_METHOD);
  amqp_connection_tune_t tune{16, frame_max, heartbeat_s};
  send(0, AMQP_CONNECTION_TUNE_METHOD, &tune);
  await(AMQP_CONNECTION_OPEN_METHOD);
  amqp_connection_open_ok_t open_ok{};
  send(0, AMQP_CONNECTION_OPEN_OK_METHOD, &open_ok);
  return true;
}

void ScriptedPeer::accept_channel() {
  await(AMQP_CHANNEL_OPEN_METHOD);
  amqp_channel_open_ok_t channel_ok{};
  send(1, AMQP_CHANNEL_OPEN_OK_METHOD, &channel_ok);
}

void ScriptedPeer::accept_subscriber() {
  if (accept_connection(0)) accept_consumer();
}

void ScriptedPeer::accept_consumer() {
  accept_channel();
  await(AMQP_BASIC_QOS_METHOD);
  amqp_basic_qos_ok_t qos_ok{};
  send(1, AMQP_BASIC_QOS_OK_METHOD, &qos_ok);
  await(AMQP_BASIC_CONSUME_METHOD);
  amqp_basic_consume_ok_t consume_ok{to_bytes("consumer")};
  send(1, AMQP_BASIC_CONSUME_OK_METHOD, &consume_ok);
}

void ScriptedPeer::deliver(std::uint64_t number) {
  amqp_basic_deliver_t deliver{};
  deliver.consumer_tag = to_bytes("consumer");
  deliver.delivery_tag = number;
  writer.method(1, AMQP_BASIC_DELIVER_METHOD, &deliver);
  writer.content_header(1, amqp_basic_properties_t{}, 0);
  flush();
}

void ScriptedPeer::accept_publisher(std::uint16_t heartbeat_s) {
  if (!accept_connection(heartbeat_s)) return;
  accept_channel();
  await(AMQP_CONFIRM_SELECT_METHOD);
  amqp_confirm_select_ok_t select_ok{};
  send(1, AMQP_CONFIRM_SELECT_OK_METHOD, &select_ok);
}

ScriptedBroker::ScriptedBroker(const std::function<void(ScriptedPeer&)>& script)
    : port_([script](int socket) {
        ScriptedPeer peer(socket);
        try {
          script(peer);
        } catch (const ConnectionFault&) {
          return;
        }
      }) {}

}  // namespace waybill::amqp::tests
