#include "waybill/service/wanted_bindings.hpp"

#include <map>

#include "waybill/amqp/manifest.hpp"
#include "waybill/base/ensure.hpp"

namespace waybill::service {
namespace {

outbox::ExchangeType type_of(const std::string& name) {
  if (name == "fanout") return outbox::ExchangeType::fanout;
  if (name == "topic") return outbox::ExchangeType::topic;
  ENSURE(name == "direct", "a manifest with an exchange of type " + name);
  return outbox::ExchangeType::direct;
}

}  // namespace

std::vector<outbox::WantedBinding> wanted_bindings(const amqp::Manifest& manifest) {
  const auto topology = manifest.topology();
  std::map<message::Exchange, outbox::ExchangeType> types;
  for (const auto& exchange : topology.exchanges) types[exchange.name] = type_of(exchange.type);
  std::vector<outbox::WantedBinding> wanted;
  for (const auto& binding : topology.bindings) {
    const auto& name = binding.exchange.value();
    wanted.push_back({.exchange = binding.exchange,
                      .type = types.at(binding.exchange),
                      .queue = binding.queue,
                      .routing_key = binding.routing_key,
                      .carries_events = name != "retry" && name != "dlx"});
  }
  return wanted;
}

}  // namespace waybill::service
