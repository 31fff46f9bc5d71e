#include "topology_text.hpp"

#include <amqp.h>
#include <amqp_framing.h>

#include <stdexcept>

#include "broker_text.hpp"
#include "wire/bytes.hpp"

namespace waybill::amqp {
namespace {

// The smallest frame that a connection may agree on is 4096 bytes, and a declaration has to fit into one.
constexpr std::size_t most_argument_bytes = 3'000;

void check_name(std::string_view what, const std::string& name) {
  if (name.size() <= longest_name) return;
  throw std::invalid_argument("amqp: the topology's " + std::string{what} + " '" + name.substr(0, 60) +
                              "…' has " + std::to_string(name.size()) + " bytes; AMQP allows 255");
}

void check_arguments(const std::string& thing, const message::Headers& arguments) {
  std::size_t size = 0;
  for (const auto& [name, value] : arguments) {
    check_name("argument", name);
    size += name.size() + message::to_text(value).size() + 16;
  }
  if (size > most_argument_bytes) {
    throw std::invalid_argument("amqp: the arguments of '" + thing + "' have " + std::to_string(size) +
                                " bytes; 3000 is the most");
  }
}

std::string different(std::string_view thing, const InequivalentArgument& argument) {
  const std::string name{thing};
  return name + " exists with " + argument.name + " = " + argument.there + ", but the topology asks for " +
         argument.asked +
         "; change the topology, or drain and delete what is there so that it is declared anew";
}

}  // namespace

message::Headers queue_arguments(const QueueSpec& queue) {
  message::Headers arguments;
  arguments.emplace_back("x-queue-type", queue.type == QueueType::quorum ? "quorum" : "classic");
  if (queue.dead_letter_exchange)
    arguments.emplace_back("x-dead-letter-exchange", queue.dead_letter_exchange->value());
  if (queue.dead_letter_routing_key) {
    arguments.emplace_back("x-dead-letter-routing-key", queue.dead_letter_routing_key->value());
  }
  if (queue.dead_letter_strategy) {
    arguments.emplace_back(
        "x-dead-letter-strategy",
        *queue.dead_letter_strategy == DeadLetterStrategy::at_least_once ? "at-least-once" : "at-most-once");
  }
  if (queue.overflow) {
    arguments.emplace_back("x-overflow",
                           *queue.overflow == Overflow::reject_publish ? "reject-publish" : "drop-head");
  }
  if (queue.message_ttl) arguments.emplace_back("x-message-ttl", std::int64_t{queue.message_ttl->count()});
  if (queue.max_length) arguments.emplace_back("x-max-length", *queue.max_length);
  if (queue.delivery_limit) arguments.emplace_back("x-delivery-limit", *queue.delivery_limit);
  if (queue.single_active_consumer) arguments.emplace_back("x-single-active-consumer", true);
  arguments.insert(arguments.end(), queue.arguments.begin(), queue.arguments.end());
  return arguments;
}

std::string topology_problem(std::string_view thing, std::uint16_t code, std::string_view text) {
  const std::string name{thing};
  if (const auto argument = inequivalent_argument_in(text)) return different(thing, *argument);
  const std::string said = " (the broker said: " + std::to_string(code) + " " + std::string{text} + ")";
  if (code == AMQP_NOT_FOUND) {
    return name + " is missing; declare the topology as a user who may, or correct the name" + said;
  }
  if (code == AMQP_ACCESS_REFUSED) {
    return name +
           " may not be declared by this user; only verify the topology, or give the user the right to "
           "configure it: rabbitmqctl set_permissions" +
           said;
  }
  return name + " is refused" + said;
}

std::string joined(const std::vector<std::string>& problems) {
  std::string all;
  for (const auto& problem : problems) all += (all.empty() ? "" : "\n") + problem;
  return all;
}

void check(const Topology& topology) {
  for (const auto& exchange : topology.exchanges) {
    check_name("exchange", exchange.name.value());
    check_name("exchange type", exchange.type);
    check_arguments(exchange.name.value(), exchange.arguments);
  }
  for (const auto& queue : topology.queues) {
    check_name("queue", queue.name.value());
    check_arguments(queue.name.value(), queue_arguments(queue));
  }
  for (const auto& binding : topology.bindings) {
    check_name("routing key", binding.routing_key.value());
    check_name("exchange", binding.exchange.value());
    check_name("queue", binding.queue.value());
  }
}

}  // namespace waybill::amqp
