#include "sample_message.hpp"

#include "waybill/base/uuid_v7.hpp"
#include "waybill/message/wire_format.hpp"

namespace waybill::bench {

message::WireMessage sample_message() {
  message::Envelope envelope;
  envelope.id = message::MessageId{base::new_uuid_v7()};
  envelope.type = "shop.inventory.v1.ReserveStock";
  envelope.source = "order";
  envelope.subject = "0192d3f4-5b6c-7d8e-9fa0-b1c2d3e4f506";
  envelope.time = base::system_clock().wall();
  envelope.correlation_id = envelope.subject;
  envelope.reply_to = "order";
  envelope.content_type = "application/json";
  envelope.causation_id = base::new_uuid_v7();
  envelope.conversation_id = base::new_uuid_v7();
  envelope.traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
  envelope.saga = message::SagaReference{base::new_uuid_v7(), "reserve", 1};
  envelope.payload = std::string(400, 'x');
  return message::write_envelope(std::move(envelope));
}

std::string unique_queue(const char* benchmark) {
  return std::string("bench.") + benchmark + "." + base::new_uuid_v7().to_string();
}

}  // namespace waybill::bench
