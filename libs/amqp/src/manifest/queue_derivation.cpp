#include "manifest/queue_derivation.hpp"

#include <chrono>

#include "waybill/amqp/queue_rules.hpp"

namespace waybill::amqp {
namespace {

// An outage that is over within a day costs no message; what nobody took for longer is looked at by a person.
constexpr std::chrono::hours longest_wait{24};

QueueSpec working_queue(const ManifestQueue& queue) {
  const auto dead_letters = dead_letter_address(queue.name);
  QueueSpec spec;
  spec.name = queue.name;
  spec.dead_letter_exchange = dead_letters.exchange;
  spec.dead_letter_routing_key = dead_letters.routing_key;
  // RabbitMQ falls back to at-most-once, in silence, unless overflow is reject-publish as well.
  spec.dead_letter_strategy = DeadLetterStrategy::at_least_once;
  spec.overflow = Overflow::reject_publish;
  spec.message_ttl = longest_wait;
  spec.single_active_consumer = queue.order == Ordering::by_key;
  return spec;
}

Binding bound_at(const message::Address& address, const message::Queue& queue) {
  return {address.exchange, queue, address.routing_key};
}

}  // namespace

void add_queue(Topology& topology, const ManifestQueue& queue) {
  const auto dead_letters = dead_letter_queue(queue.name);
  topology.queues.push_back(working_queue(queue));
  topology.queues.push_back({.name = dead_letters});
  topology.bindings.insert(topology.bindings.end(), queue.bindings.begin(), queue.bindings.end());
  topology.bindings.push_back(bound_at(retry_address(queue.name), queue.name));
  topology.bindings.push_back(bound_at(dead_letter_address(queue.name), dead_letters));
}

}  // namespace waybill::amqp
