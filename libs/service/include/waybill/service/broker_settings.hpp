#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "waybill/amqp/manifest.hpp"
#include "waybill/amqp/options.hpp"
#include "waybill/amqp/topology.hpp"
#include "waybill/outbox/binding_watch.hpp"
#include "waybill/runtime/configuration.hpp"
#include "waybill/runtime/schema.hpp"
#include "waybill/service/management_bindings.hpp"

namespace waybill::service {

/// What the exchanges and queues of the manifest are to a process.
enum class TopologyUse : std::uint8_t { none, declare, verify };

/// How a process reaches its broker, and what it expects there.
struct BrokerSettings {
  amqp::Options broker{};
  std::optional<ManagementOptions> management{};
  std::optional<std::string> manifest{};  ///< its path
  TopologyUse topology = TopologyUse::none;

  /// Nothing where there is no manifest. Throws runtime::ConfigurationRefused for one that cannot be read.
  std::optional<amqp::Manifest> read_manifest() const;
  /// What a connection sets up of it; nothing where it is to set up nothing.
  std::optional<amqp::TopologySetup> setup(const amqp::Topology& topology) const;
};

runtime::Section broker_section();
/// With how often bindings are compared.
runtime::Section topology_section();

/// Adds to `problems` what does not go together.
BrokerSettings broker_settings(const runtime::Configuration& configuration,
                               std::vector<std::string>& problems);
void apply_bindings_settings(const runtime::Configuration& configuration, outbox::WatchLimits& limits);

}  // namespace waybill::service
