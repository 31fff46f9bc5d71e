#include <string_view>

#include "fuzz_input.hpp"
#include "trial/v1/parcel.contract.hpp"
#include "trial/v1/parcel.pb.h"
#include "waybill/base/ensure.hpp"
#include "waybill/contract/codec.hpp"

namespace waybill {
namespace {

using contract::Codec;
using contract::Encoding;
using trial::v1::SendParcel;

const Codec codecs[] = {Codec({.encoding = Encoding::json}), Codec({.encoding = Encoding::protobuf})};

message::Envelope parcel(std::string content_type, std::string payload) {
  message::Envelope envelope;
  envelope.type = "trial.v1.SendParcel";
  envelope.content_type = std::move(content_type);
  envelope.payload = std::move(payload);
  return envelope;
}

// What JSON has no words for: fields of an Any's message that are not known here, and the sign of a zero.
bool says_more_than_json(const SendParcel& message, std::string_view json) {
  const auto has = [json](std::string_view text) { return json.find(text) != std::string_view::npos; };
  return message.has_attachment() || has("-0,") || has("-0}") || has("-0]");
}

// What a codec has written is read by all as the same, and written again to the byte; at the second writing,
// where the first had to leave something out.
void check_written(const SendParcel& message) {
  for (const auto& codec : codecs) {
    message::Envelope written;
    if (codec.encode(message, written).has_error()) continue;
    const auto write_again = [&codec](const message::Envelope& envelope) {
      const auto read = codecs[0].decode<SendParcel>(envelope);
      ENSURE(read.has_value(), "what was written can be read");
      message::Envelope again;
      ENSURE(codec.encode(*read, again).has_value(), "what was read can be written");
      return again;
    };
    if (says_more_than_json(message, written.payload)) written = write_again(written);
    ENSURE(write_again(written).payload == written.payload, "it is the same message");
  }
}

void check_rendering(const message::Envelope& envelope, std::size_t most) {
  const auto shown = codecs[0].render(envelope, most);
  if (shown.has_error()) return;
  ENSURE(shown->text.size() <= most, "a rendering is no longer than asked for");
}

void check_payload(const message::Envelope& envelope) {
  const auto read = codecs[0].decode<SendParcel>(envelope);
  const auto by_name = codecs[0].decode(envelope);
  ENSURE(read.has_value() == by_name.has_value(), "both ways of reading agree");
  if (read.has_error()) {
    ENSURE(!read.error().problem.empty(), "what is refused is refused in words");
    ENSURE(read.error() == by_name.error(), "and in the same ones");
  } else {
    check_written(*read);
  }
}

}  // namespace
}  // namespace waybill

// The first byte chooses the encoding, so that a corpus holds both; what follows is the payload.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using waybill::contract::Encoding;
  waybill::fuzz::Input input(data, size);
  const auto first = input.byte();
  const auto encoding = first % 2 == 0 ? Encoding::protobuf : Encoding::json;
  const auto envelope = waybill::parcel(std::string(content_type_of(encoding)), input.rest());
  waybill::check_payload(envelope);
  waybill::check_rendering(envelope, first);
  return 0;
}
