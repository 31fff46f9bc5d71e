#include <cstring>

#include "fault.hpp"
#include "fuzz_input.hpp"
#include "waybill/base/ensure.hpp"
#include "waybill/message/wire_format.hpp"
#include "wire/frame_reader.hpp"
#include "wire/raw_delivery.hpp"

namespace waybill {
namespace {

class Receiver {
 public:
  void take(const amqp_frame_t& frame) {
    if (frame.frame_type == AMQP_FRAME_METHOD && frame.payload.method.id == AMQP_BASIC_DELIVER_METHOD) {
      assembler_.begin(*static_cast<amqp_basic_deliver_t*>(frame.payload.method.decoded), 1);
    }
    if (frame.frame_type == AMQP_FRAME_HEADER && assembler_.header(frame)) read();
    if (frame.frame_type == AMQP_FRAME_BODY && assembler_.body(frame)) read();
  }

 private:
  void read() {
    const auto delivery = amqp::decoded(assembler_.take(), pool_);
    const auto envelope = message::read_envelope(delivery.message);
    ENSURE(envelope.has_value() || !envelope.error().problem.empty(), "a refusal says why");
  }

  amqp::DeliveryAssembler assembler_;
  amqp::Pool pool_;
};

void receive(const std::string& bytes) {
  amqp::FrameReader reader;
  std::memcpy(reader.buffer().room(bytes.size()).data(), bytes.data(), bytes.size());
  reader.buffer().added(bytes.size());
  Receiver receiver;
  amqp_frame_t frame{};
  while (reader.next(frame)) receiver.take(frame);
}

}  // namespace
}  // namespace waybill

// A broker that has gone mad, or what only calls itself one, ends its connection and nothing else.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto bytes = waybill::fuzz::Input(data, size).rest();
  try {
    if (!bytes.empty()) waybill::receive(bytes);
  } catch (const waybill::amqp::ConnectionFault& fault) {
    ENSURE(std::strlen(fault.what()) > 0, "a fault says why");
  }
  return 0;
}
