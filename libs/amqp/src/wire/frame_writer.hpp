#pragma once

#include <amqp.h>
#include <amqp_framing.h>

#include <cstdint>
#include <string_view>

#include "wire/byte_buffer.hpp"

namespace waybill::amqp {

/// Appends AMQP frames to a buffer, from which they are sent many at a time.
class FrameWriter {
 public:
  void protocol_header();
  void heartbeat();
  /// `decoded` is the codec's struct of that method, amqp_queue_declare_t for AMQP_QUEUE_DECLARE_METHOD.
  void method(amqp_channel_t channel, amqp_method_number_t id, void* decoded);
  /// False, and nothing appended, when the properties do not fit into one frame.
  bool content_header(amqp_channel_t channel, const amqp_basic_properties_t& properties,
                      std::uint64_t body_bytes);
  void body(amqp_channel_t channel, std::string_view bytes);

  void limit_frames(std::uint32_t frame_max_bytes) { frame_max_bytes_ = frame_max_bytes; }
  ByteBuffer& buffer() { return buffer_; }

 private:
  template <class Encode>
  bool frame(std::uint8_t type, amqp_channel_t channel, Encode encode);

  ByteBuffer buffer_;
  std::uint32_t frame_max_bytes_ = AMQP_FRAME_MIN_SIZE;
};

}  // namespace waybill::amqp
