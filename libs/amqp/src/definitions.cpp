#include "waybill/amqp/definitions.hpp"

#include <nlohmann/json.hpp>

#include "topology_text.hpp"

namespace waybill::amqp {
namespace {

// It keeps members in the order in which people read them.
using Json = nlohmann::ordered_json;

Json json_of(const message::Headers& arguments) {
  Json object = Json::object();
  for (const auto& [name, value] : arguments) {
    std::visit([&object, key = name](const auto& held) { object[key] = held; }, value);
  }
  return object;
}

Json definition_of(const ExchangeSpec& exchange, const std::string& virtual_host) {
  return {{"name", exchange.name.value()},
          {"vhost", virtual_host},
          {"type", exchange.type},
          {"durable", exchange.durable},
          {"auto_delete", false},
          {"internal", false},
          {"arguments", json_of(exchange.arguments)}};
}

Json definition_of(const QueueSpec& queue, const std::string& virtual_host) {
  return {{"name", queue.name.value()},
          {"vhost", virtual_host},
          {"durable", true},
          {"auto_delete", false},
          {"arguments", json_of(queue_arguments(queue))}};
}

Json definition_of(const Binding& binding, const std::string& virtual_host) {
  return {{"source", binding.exchange.value()},         {"vhost", virtual_host},
          {"destination", binding.queue.value()},       {"destination_type", "queue"},
          {"routing_key", binding.routing_key.value()}, {"arguments", Json::object()}};
}

template <class Described>
Json definitions_of(const std::vector<Described>& all, const std::string& virtual_host) {
  Json list = Json::array();
  for (const auto& one : all) list.push_back(definition_of(one, virtual_host));
  return list;
}

}  // namespace

std::string rabbitmq_definitions(const Topology& topology, const std::string& virtual_host) {
  Json all;
  all["vhosts"].push_back({{"name", virtual_host}});
  all["exchanges"] = definitions_of(topology.exchanges, virtual_host);
  all["queues"] = definitions_of(topology.queues, virtual_host);
  all["bindings"] = definitions_of(topology.bindings, virtual_host);
  return all.dump(2) + "\n";
}

}  // namespace waybill::amqp
