#pragma once

#include <string>
#include <utility>

#include "observed_states.hpp"
#include "prompt.hpp"
#include "soon.hpp"
#include "waybill/amqp/confirming_publisher.hpp"
#include "waybill/amqp/queue_subscriber.hpp"
#include "waybill/testkit/traffic.hpp"

namespace waybill::amqp::tests {

/// Traffic over one queue, with its publisher and subscriber.
class TrafficPair {
 public:
  TrafficPair(const Options& connection, const std::string& queue, testkit::Traffic::Plan plan = {})
      : publisher({.connection = connection, .observer = publisher_states.observer()}),
        subscriber({.connection = connection,
                    .queue = message::Queue{queue},
                    .prefetch = 64,
                    .observer = subscriber_states.observer()}),
        traffic(publisher, subscriber, to(queue, std::move(plan))) {}

  testing::AssertionResult connected(std::size_t times = 1) const {
    const auto first = publisher_states.connected(times);
    return first ? subscriber_states.connected(times) : first;
  }

  ObservedStates publisher_states;
  ObservedStates subscriber_states;
  ConfirmingPublisher publisher;
  QueueSubscriber subscriber;
  testkit::Traffic traffic;

 private:
  static testkit::Traffic::Plan to(const std::string& queue, testkit::Traffic::Plan plan) {
    plan.to.routing_key = message::RoutingKey{queue};
    return plan;
  }
};

inline message::Publication publication(const std::string& queue, std::string body = "x") {
  message::Publication publication;
  publication.to.routing_key = message::RoutingKey{queue};
  publication.message.body = std::move(body);
  return publication;
}

}  // namespace waybill::amqp::tests
