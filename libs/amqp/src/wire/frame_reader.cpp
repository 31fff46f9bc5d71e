#include "wire/frame_reader.hpp"

#include <algorithm>
#include <string>

#include "fault.hpp"
#include "wire/frame_layout.hpp"

namespace waybill::amqp {

using namespace frame_layout;

namespace {

[[noreturn]] void refuse(const std::string& what) {
  throw ConnectionFault(Trouble::lost, "the broker sent bytes that are not AMQP 0-9-1: " + what);
}

bool is_frame_type(std::uint8_t type) {
  return type == AMQP_FRAME_METHOD || type == AMQP_FRAME_HEADER || type == AMQP_FRAME_BODY ||
         type == AMQP_FRAME_HEARTBEAT;
}

}  // namespace

// What answers first with something else is another server, or a TLS port, or a broker of another version.
void FrameReader::refuse_foreign_protocol() const {
  if (spoke_amqp_ || buffer_.empty() || buffer_.bytes()[0] == AMQP_FRAME_METHOD) return;
  const auto bytes = buffer_.bytes();
  constexpr std::string_view header = "AMQP";
  const bool is_header =
      bytes.size() >= header.size() && std::equal(header.begin(), header.end(), bytes.begin());
  throw ConnectionFault(
      Trouble::unreachable,
      is_header ? "what listens there speaks AMQP, but not 0-9-1; is it a RabbitMQ?"
                : "what listens there does not speak AMQP 0-9-1; is it the port of another server, "
                  "or of TLS?");
}

bool FrameReader::next(amqp_frame_t& frame) {
  buffer_.taken(frame_bytes_);
  frame_bytes_ = 0;
  refuse_foreign_protocol();
  if (buffer_.size() < overhead_bytes) return false;

  const auto bytes = buffer_.mutable_bytes();
  const std::size_t payload_bytes = load<std::uint32_t>(bytes.data() + 3);
  if (!is_frame_type(bytes[0])) refuse("a frame of type " + std::to_string(bytes[0]));
  if (payload_bytes + overhead_bytes > frame_max_bytes_) {
    refuse("a frame of " + std::to_string(payload_bytes) + " bytes");
  }
  if (bytes.size() < payload_bytes + overhead_bytes) return false;
  if (bytes[header_bytes + payload_bytes] != AMQP_FRAME_END) refuse("a frame without its end");

  spoke_amqp_ = true;
  pool_.recycle();
  frame_bytes_ = payload_bytes + overhead_bytes;
  frame.frame_type = bytes[0];
  frame.channel = load<std::uint16_t>(bytes.data() + 1);
  const amqp_bytes_t payload{payload_bytes, bytes.data() + header_bytes};
  if (frame.frame_type == AMQP_FRAME_METHOD) decode_method(frame, payload);
  if (frame.frame_type == AMQP_FRAME_HEADER) decode_content_header(frame, payload);
  if (frame.frame_type == AMQP_FRAME_BODY) frame.payload.body_fragment = payload;
  return true;
}

void FrameReader::decode_method(amqp_frame_t& frame, amqp_bytes_t payload) {
  if (payload.len < 4) refuse("a method frame that is too short");
  auto* bytes = static_cast<std::uint8_t*>(payload.bytes);
  auto& method = frame.payload.method;
  method.id = load<std::uint32_t>(bytes);
  if (amqp_decode_method(method.id, pool_.get(), {payload.len - 4, bytes + 4}, &method.decoded) < 0) {
    refuse("method " + std::to_string(method.id >> 16) + "." + std::to_string(method.id & 0xFFFF) +
           " with unreadable arguments");
  }
}

void FrameReader::decode_content_header(amqp_frame_t& frame, amqp_bytes_t payload) {
  if (payload.len < content_header_bytes) refuse("a content header that is too short");
  auto* bytes = static_cast<std::uint8_t*>(payload.bytes);
  auto& properties = frame.payload.properties;
  properties.class_id = load<std::uint16_t>(bytes);
  properties.body_size = load<std::uint64_t>(bytes + 4);
  properties.raw = {payload.len - content_header_bytes, bytes + content_header_bytes};
  if (properties.class_id != AMQP_BASIC_CLASS ||
      amqp_decode_properties(AMQP_BASIC_CLASS, pool_.get(), properties.raw, &properties.decoded) < 0) {
    refuse("a content header with unreadable properties");
  }
}

}  // namespace waybill::amqp
