#pragma once

#include <amqp.h>
#include <amqp_framing.h>

#include <cstdint>
#include <string_view>

#include "waybill/message/publisher.hpp"
#include "wire/frame_writer.hpp"
#include "wire/header_table.hpp"

namespace waybill::amqp {

/// Names the publish, by its number on the channel, in what is sent; so a basic.return, which has no delivery
/// tag, finds the very publish it belongs to.
inline constexpr std::string_view publish_number_header = "x-waybill-publish";

/// Why a publication can be sent on no connection, in words; empty when there is nothing wrong with it.
std::string unsendable(const message::Publication& publication, std::size_t max_message_bytes);

/// Writes publications as frames. One for each connection, so that its memory is used again.
class ContentWriter {
 public:
  /// False, and nothing written, when the headers do not fit into one frame.
  bool write(FrameWriter& out, amqp_channel_t channel, const message::Publication& publication,
             std::uint64_t number);

 private:
  amqp_basic_properties_t properties(const message::WireMessage& message, std::uint64_t number);

  HeaderTable headers_;
};

/// Copies a message's properties out of the codec's memory.
message::WireMessage to_message(const amqp_basic_properties_t& properties);

}  // namespace waybill::amqp
