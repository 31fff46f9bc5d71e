#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>

#include "waybill/http/server_options.hpp"
#include "waybill/postgres/options.hpp"
#include "waybill/runtime/configuration.hpp"
#include "waybill/runtime/schema.hpp"
#include "waybill/service/broker_settings.hpp"
#include "waybill/service/process_settings.hpp"
#include "waybill/service/service.hpp"

namespace waybill::service {

/// What a service's process is to do, as its configuration says.
struct ServiceSettings {
  postgres::Options database{};
  BrokerSettings broker{};
  http::ServerOptions http{};
  /// So many rows in the outbox, and the edge takes no more.
  std::int64_t outbox_limit = 0;
  ProcessSettings process{};
  outbox::WatchLimits watch{};
};

runtime::Schema service_schema(const Description& description);
/// For `migrate`, as the user with the rights to change tables; it takes nothing else to be right.
postgres::Options migration_options(const runtime::Configuration& configuration,
                                    const Description& description);
/// Throws runtime::ConfigurationRefused for settings that do not go together.
ServiceSettings service_settings(const runtime::Configuration& configuration, const Description& description);

}  // namespace waybill::service
