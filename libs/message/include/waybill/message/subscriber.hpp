#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "waybill/base/deadline.hpp"
#include "waybill/message/names.hpp"
#include "waybill/message/wire_message.hpp"

namespace waybill::message {

/// Names one delivery of one channel of one connection: numbers start again with each channel, so the session
/// is part of the name, and a tag of an earlier one is recognised as stale.
struct DeliveryTag {
  std::uint64_t session = 0;
  std::uint64_t number = 0;
  friend auto operator<=>(const DeliveryTag&, const DeliveryTag&) = default;
};

struct Delivery {
  DeliveryTag tag;
  bool redelivered = false;
  Address origin;  ///< the exchange and routing key it was published with
  WireMessage message;
};

enum class Settlement {
  ack,      ///< handled: the broker forgets it
  requeue,  ///< back to the queue; the broker says redelivered from then on
  reject,   ///< to the queue's dead-letter exchange
};

/// Takes messages from one queue and tells the broker what became of each.
///
/// Promises: a message stays the broker's until it is settled; what was not settled when a connection ended
/// is delivered again. At most the prefetch's number is out at a time. A lost connection is made anew without
/// the caller's help. Does not promise: that a message is delivered once, or that a settled one is not
/// delivered again (its ack may be lost). Concurrency: any thread; deliveries are in the queue's order over
/// all receive() calls together.
class Subscriber {
 public:
  virtual ~Subscriber() = default;

  /// What has arrived, one to `most`, as soon as there is any: it does not linger for more. Empty at the
  /// deadline, and at once after stop_receiving() or close().
  virtual std::vector<Delivery> receive(std::size_t most, base::Deadline deadline) = 0;

  /// Settles deliveries in any order. Tags of an earlier session are dropped, since the broker delivers those
  /// again, and so are tags that were settled before; says how many were not dropped. It does not wait for
  /// the broker.
  virtual std::size_t settle(std::span<const DeliveryTag> tags, Settlement settlement) = 0;

  /// Callers in receive() come back, now and from now on, with nothing; what they got before is settled as
  /// ever.
  virtual void stop_receiving() = 0;

  /// Stops the flow: no more deliveries, what is not settled goes back to the queue. Callers in receive()
  /// come back.
  virtual void close() = 0;
};

}  // namespace waybill::message
