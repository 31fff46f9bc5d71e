#pragma once

#include <cstdint>
#include <memory>
#include <optional>

#include "waybill/amqp/connection_state.hpp"
#include "waybill/amqp/options.hpp"
#include "waybill/amqp/probe.hpp"
#include "waybill/amqp/topology.hpp"
#include "waybill/message/subscriber.hpp"

namespace waybill::amqp {

struct SubscriberOptions {
  Options connection{};
  message::Queue queue{};
  /// Deliveries that are out and not settled.
  std::uint16_t prefetch = 256;
  /// Set up on each new connection before the queue is consumed from.
  std::optional<TopologySetup> topology{};
  StateObserver observer{};
  SubscriberProbe probe{};
};

/// A message::Subscriber on a RabbitMQ connection of its own, with a thread of its own.
///
/// Promises, beyond the contract: a session is one channel, and its number is unique in the process, so that
/// a tag of another connection, channel or subscriber is never settled here; nor is one twice. Deliveries
/// that were not taken when a session ended are dropped, since the broker delivers them again. A queue that
/// is deleted or not there yet is tried again until it is there. What was settled before close() is told to
/// the broker first; close() is done within a second.
class QueueSubscriber final : public message::Subscriber {
 public:
  /// Connects in the background. Throws std::invalid_argument for options that cannot be right.
  explicit QueueSubscriber(SubscriberOptions options);
  ~QueueSubscriber() override;

  std::vector<message::Delivery> receive(std::size_t most, base::Deadline deadline) override;
  std::size_t settle(std::span<const message::DeliveryTag> tags, message::Settlement settlement) override;
  void stop_receiving() override;
  void close() override;

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace waybill::amqp
