#include <cstring>

#include "fuzz_input.hpp"
#include "waybill/base/ensure.hpp"
#include "waybill/message/wire_format.hpp"
#include "wire/content.hpp"
#include "wire/frame_reader.hpp"
#include "wire/raw_delivery.hpp"

namespace waybill {
namespace {

message::HeaderValue header_value(fuzz::Input& input) {
  switch (input.byte() % 4) {
    case 0:
      return static_cast<std::int64_t>(input.number());
    case 1:
      return input.byte() % 2 == 0;
    case 2:
      return static_cast<double>(static_cast<std::int64_t>(input.number())) / 16;
    default:
      return input.line();
  }
}

message::WireMessage wire_message(fuzz::Input& input) {
  message::WireMessage wire;
  wire.message_id = input.line();
  wire.type = input.line();
  wire.app_id = input.line();
  wire.correlation_id = input.line();
  wire.reply_to = input.line();
  wire.content_type = input.line();
  if (input.byte() % 2 == 0) wire.timestamp_s = static_cast<std::int64_t>(input.number());
  for (int left = input.byte() % 16; left > 0; --left) {
    auto name = input.line();
    wire.headers.emplace_back(std::move(name), header_value(input));
  }
  wire.body = input.rest();
  return wire;
}

void check_envelope(const message::WireMessage& wire) {
  const auto envelope = message::read_envelope(wire);
  if (!envelope) {
    ENSURE(!envelope.error().field.empty() && !envelope.error().problem.empty(), "a refusal says why");
    return;
  }
  const auto again = message::read_envelope(message::write_envelope(*envelope));
  ENSURE(again.has_value() && *again == *envelope, "an envelope is read as it was written");
}

message::WireMessage through_frames(amqp::FrameWriter& written) {
  amqp::FrameReader reader;
  const auto bytes = written.buffer().bytes();
  std::memcpy(reader.buffer().room(bytes.size()).data(), bytes.data(), bytes.size());
  reader.buffer().added(bytes.size());

  amqp_frame_t frame{};
  ENSURE(reader.next(frame), "the method is whole");
  amqp::DeliveryAssembler assembler;
  assembler.begin(amqp_basic_deliver_t{}, 1);
  ENSURE(reader.next(frame), "the content header is whole");
  bool complete = assembler.header(frame);
  while (!complete) {
    ENSURE(reader.next(frame), "the body is whole");
    complete = assembler.body(frame);
  }
  amqp::Pool pool;
  return amqp::decoded(assembler.take(), pool).message;
}

void check_frames(message::WireMessage wire) {
  const message::Publication publication{{}, std::move(wire)};
  if (!amqp::unsendable(publication, 64 * 1024).empty()) return;
  amqp::FrameWriter frames;
  frames.limit_frames(131'072);
  amqp::ContentWriter content;
  if (!content.write(frames, 1, publication, 7)) return;
  auto expected = publication.message;
  std::erase_if(expected.headers,
                [](const auto& header) { return header.first == amqp::publish_number_header; });
  ENSURE(through_frames(frames) == expected, "a message arrives as it was sent");
}

}  // namespace
}  // namespace waybill

// What a stranger puts into properties and headers must be refused in words, or read as it was written.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  waybill::fuzz::Input input(data, size);
  auto wire = waybill::wire_message(input);
  waybill::check_envelope(wire);
  waybill::check_frames(std::move(wire));
  return 0;
}
