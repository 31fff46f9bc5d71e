#pragma once

#include <vector>

#include "waybill/outbox/relay.hpp"
#include "waybill/runtime/configuration.hpp"
#include "waybill/service/broker_settings.hpp"
#include "waybill/service/process_settings.hpp"

namespace waybill::relay {

/// What the process is to do, as its configuration says.
struct Settings {
  /// One a database; the name is the database's.
  std::vector<outbox::RelayOptions> outboxes{};
  service::BrokerSettings broker{};
  service::ProcessSettings process{};
};

/// All settings, for `--help` and for load().
runtime::Schema schema();

/// Throws runtime::ConfigurationRefused for settings that do not go together.
Settings settings_of(const runtime::Configuration& configuration);

}  // namespace waybill::relay
