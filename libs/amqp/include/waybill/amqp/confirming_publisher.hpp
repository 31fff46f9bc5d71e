#pragma once

#include <cstddef>
#include <memory>
#include <optional>

#include "waybill/amqp/connection_state.hpp"
#include "waybill/amqp/options.hpp"
#include "waybill/amqp/probe.hpp"
#include "waybill/amqp/topology.hpp"
#include "waybill/message/publisher.hpp"

namespace waybill::amqp {

struct PublisherOptions {
  Options connection{};
  /// Publications sent and not yet confirmed.
  std::size_t window = 1'000;
  /// Publications handed over and not yet sent; a publish() beyond it waits.
  std::size_t queue = 1'000;
  /// Set up on each new connection before anything is published.
  std::optional<TopologySetup> topology{};
  StateObserver observer{};
  PublisherProbe probe{};
};

/// A message::Publisher on a RabbitMQ connection of its own, with a thread of its own.
///
/// Promises, beyond the contract: every message goes out mandatory and persistent, and Confirmed is reported
/// only for the broker's own confirm of that very message. While the connection is away or blocked,
/// publications wait for it until their deadlines. One to an exchange that does not exist ends in
/// Returned{404} and harms no other. A message that cannot be sent at all (too large, or a name above AMQP's
/// 255 bytes) ends in Unknown{sent = false} with the reason. Each message carries the header
/// `x-waybill-publish`, by which a return finds its publish; QueueSubscriber removes it. Does not promise:
/// that a publication is sent again. What is Unknown is its owner's to resolve. The destructor ends every
/// publication and is done within a second. try_publish() may be called from `done`.
class ConfirmingPublisher final : public message::Publisher {
 public:
  /// Connects in the background. Throws std::invalid_argument for options that cannot be right.
  explicit ConfirmingPublisher(PublisherOptions options);
  ~ConfirmingPublisher() override;

  void publish(message::Publication publication, base::Deadline deadline, Done done) override;
  bool try_publish(message::Publication& publication, base::Deadline deadline, Done& done) override;

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace waybill::amqp
