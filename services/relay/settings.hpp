#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "waybill/amqp/options.hpp"
#include "waybill/outbox/relay.hpp"
#include "waybill/runtime/configuration.hpp"
#include "waybill/service/management_bindings.hpp"
#include "waybill/telemetry/log_config.hpp"

namespace waybill::relay {

/// What the exchanges and queues of the manifest are to the relay.
enum class TopologyUse : std::uint8_t { none, declare, verify };

/// What the process is to do, as its configuration says.
struct Settings {
  /// One a database; the name is the database's.
  std::vector<outbox::RelayOptions> outboxes{};
  amqp::Options broker{};
  std::optional<std::string> manifest{};  ///< its path
  TopologyUse topology = TopologyUse::none;
  std::optional<service::ManagementOptions> management{};
  std::chrono::milliseconds stop_within{};
  telemetry::LogConfig log{};
};

/// All settings, for `--help` and for load().
runtime::Schema schema();

/// Throws runtime::ConfigurationRefused for settings that do not go together.
Settings settings_of(const runtime::Configuration& configuration);

}  // namespace waybill::relay
