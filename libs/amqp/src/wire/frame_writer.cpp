#include "wire/frame_writer.hpp"

#include <algorithm>
#include <cstring>
#include <span>

#include "waybill/base/ensure.hpp"
#include "wire/frame_layout.hpp"

namespace waybill::amqp {

using namespace frame_layout;

namespace {

constexpr std::size_t usual_payload_bytes = 1'024;

std::uint8_t* begin_frame(std::uint8_t* at, std::uint8_t type, amqp_channel_t channel,
                          std::size_t payload_bytes) {
  at[0] = type;
  store<std::uint16_t>(at + 1, channel);
  store<std::uint32_t>(at + 3, static_cast<std::uint32_t>(payload_bytes));
  at[header_bytes + payload_bytes] = AMQP_FRAME_END;
  return at + header_bytes;
}

}  // namespace

// `encode` writes a payload into the bytes it is given and says how many it took, or a negative number when
// they are too few: the codec cannot tell the size beforehand.
template <class Encode>
bool FrameWriter::frame(std::uint8_t type, amqp_channel_t channel, Encode encode) {
  const std::size_t most = frame_max_bytes_ - overhead_bytes;
  for (std::size_t payload = std::min(most, usual_payload_bytes);; payload = std::min(most, 4 * payload)) {
    const auto room = buffer_.room(payload + overhead_bytes);
    const int size = encode(room.subspan(header_bytes, payload));
    if (size >= 0) {
      begin_frame(room.data(), type, channel, static_cast<std::size_t>(size));
      buffer_.added(static_cast<std::size_t>(size) + overhead_bytes);
      return true;
    }
    if (payload == most) return false;
  }
}

void FrameWriter::protocol_header() {
  constexpr std::string_view header{"AMQP\0\0\x9\x1", 8};
  std::memcpy(buffer_.room(header.size()).data(), header.data(), header.size());
  buffer_.added(header.size());
}

void FrameWriter::heartbeat() {
  frame(AMQP_FRAME_HEARTBEAT, 0, [](std::span<std::uint8_t>) { return 0; });
}

void FrameWriter::method(amqp_channel_t channel, amqp_method_number_t id, void* decoded) {
  const bool fits = frame(AMQP_FRAME_METHOD, channel, [&](std::span<std::uint8_t> payload) {
    store<std::uint32_t>(payload.data(), id);
    const auto arguments = payload.subspan(4);
    const int size = amqp_encode_method(id, decoded, {arguments.size(), arguments.data()});
    return size < 0 ? size : size + 4;
  });
  ENSURE(fits, "a method's arguments are checked before they are sent");
}

bool FrameWriter::content_header(amqp_channel_t channel, const amqp_basic_properties_t& properties,
                                 std::uint64_t body_bytes) {
  return frame(AMQP_FRAME_HEADER, channel, [&](std::span<std::uint8_t> payload) {
    store<std::uint16_t>(payload.data(), AMQP_BASIC_CLASS);
    store<std::uint16_t>(payload.data() + 2, 0);
    store<std::uint64_t>(payload.data() + 4, body_bytes);
    const auto rest = payload.subspan(content_header_bytes);
    auto* decoded = const_cast<amqp_basic_properties_t*>(&properties);
    const int size = amqp_encode_properties(AMQP_BASIC_CLASS, decoded, {rest.size(), rest.data()});
    return size < 0 ? size : size + static_cast<int>(content_header_bytes);
  });
}

void FrameWriter::body(amqp_channel_t channel, std::string_view bytes) {
  const std::size_t most = frame_max_bytes_ - overhead_bytes;
  while (!bytes.empty()) {
    const auto part = bytes.substr(0, most);
    const auto room = buffer_.room(part.size() + overhead_bytes);
    std::memcpy(begin_frame(room.data(), AMQP_FRAME_BODY, channel, part.size()), part.data(), part.size());
    buffer_.added(part.size() + overhead_bytes);
    bytes.remove_prefix(part.size());
  }
}

}  // namespace waybill::amqp
