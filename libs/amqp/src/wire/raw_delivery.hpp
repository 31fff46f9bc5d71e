#pragma once

#include <amqp.h>
#include <amqp_framing.h>

#include <cstddef>
#include <cstdint>
#include <string>

#include "waybill/message/subscriber.hpp"
#include "wire/pool.hpp"

namespace waybill::amqp {

/// A delivery as it came, but for its body. It is decoded by the thread that receives it: the dozen small
/// strings that a message consists of are then made and freed by one thread, and the connection's thread is
/// not what decoding waits for.
struct RawDelivery {
  message::DeliveryTag tag;
  bool redelivered = false;
  std::string head;  // exchange, routing key and encoded properties, one after the other
  std::size_t exchange_bytes = 0;
  std::size_t routing_key_bytes = 0;
  std::string body;
};

/// The properties have been decoded once, when they were read, so this does not fail.
message::Delivery decoded(RawDelivery&& raw, Pool& pool);

/// Puts deliveries together from their frames: method, content header, any number of bodies.
class DeliveryAssembler {
 public:
  void begin(const amqp_basic_deliver_t& method, std::uint64_t session);
  /// Both say whether the delivery is complete. They throw ConnectionFault for a frame that does not belong
  /// there.
  bool header(const amqp_frame_t& frame);
  bool body(const amqp_frame_t& frame);
  RawDelivery take();

 private:
  enum class Waiting { for_method, for_header, for_body, for_take };
  bool complete();

  Waiting waiting_ = Waiting::for_method;
  std::uint64_t body_bytes_ = 0;
  RawDelivery delivery_;
};

}  // namespace waybill::amqp
