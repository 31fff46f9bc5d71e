#pragma once

#include <amqp.h>
#include <amqp_framing.h>

#include <cstdint>
#include <functional>
#include <string_view>

#include "local_port.hpp"
#include "wire/frame_reader.hpp"
#include "wire/frame_writer.hpp"

namespace waybill::amqp::tests {

/// The broker's side of one connection, for what no real broker can be made to say.
class ScriptedPeer {
 public:
  explicit ScriptedPeer(int descriptor) : descriptor_(descriptor) {}

  /// Takes the login and opens channel 1 in confirm mode.
  void accept_publisher(std::uint16_t heartbeat_s = 0);
  /// Takes the login, opens channel 1 and begins a consumer.
  void accept_subscriber();
  /// Answers the set-up of a consumer on a channel that is opened again.
  void accept_consumer();
  void deliver(std::uint64_t number);
  void send(amqp_channel_t channel, amqp_method_number_t id, void* decoded);
  void send_raw(std::string_view bytes);
  void flush();
  /// Reads until this method comes; false when the connection ends first.
  bool await(amqp_method_number_t id, amqp_frame_t& frame);
  bool await(amqp_method_number_t id);
  bool await_heartbeat();
  /// Reads until the connection ends.
  void await_end();

  FrameWriter writer;

 private:
  bool accept_connection(std::uint16_t heartbeat_s);
  void accept_channel();
  bool next_frame(amqp_frame_t& frame);

  int descriptor_;
  FrameReader reader_;
};

/// A listening port whose connections run a script, one after the other.
class ScriptedBroker {
 public:
  /// An end of the connection ends the script.
  explicit ScriptedBroker(const std::function<void(ScriptedPeer&)>& script);
  Endpoint endpoint() const { return port_.endpoint(); }

 private:
  LocalPort port_;
};
}  // namespace waybill::amqp::tests
