#pragma once

#include <amqp.h>
#include <amqp_framing.h>

#include <cstdint>

#include "wire/byte_buffer.hpp"
#include "wire/pool.hpp"

namespace waybill::amqp {

/// Cuts received bytes into frames and decodes them in place.
class FrameReader {
 public:
  /// The next complete frame, which is valid until the next call; false when there is none yet. Throws
  /// ConnectionFault for bytes that are no AMQP 0-9-1.
  bool next(amqp_frame_t& frame);

  void limit_frames(std::uint32_t frame_max_bytes) { frame_max_bytes_ = frame_max_bytes; }
  ByteBuffer& buffer() { return buffer_; }

 private:
  void refuse_foreign_protocol() const;
  void decode_method(amqp_frame_t& frame, amqp_bytes_t payload);
  void decode_content_header(amqp_frame_t& frame, amqp_bytes_t payload);

  ByteBuffer buffer_;
  Pool pool_;
  std::size_t frame_bytes_ = 0;  // of the frame given out last
  std::uint32_t frame_max_bytes_ = 131'072;
  bool spoke_amqp_ = false;
};

}  // namespace waybill::amqp
