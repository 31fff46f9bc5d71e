#pragma once

#include <boost/asio/awaitable.hpp>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "settings.hpp"
#include "waybill/amqp/confirming_publisher.hpp"
#include "waybill/outbox/relay.hpp"
#include "waybill/runtime/blocking_pool.hpp"
#include "waybill/runtime/event_loop.hpp"
#include "waybill/service/admin_server.hpp"
#include "waybill/service/management_bindings.hpp"
#include "waybill/service/stop_watchdog.hpp"
#include "waybill/telemetry/health.hpp"
#include "waybill/telemetry/metrics.hpp"

namespace waybill::relay {

/// A relay for each of several databases, each with a connection to the broker of its own, so that none waits
/// for another's confirms. One thread makes, stops and destroys it, while nothing else runs the loop.
class RelayProcess {
 public:
  /// Begins to send. Throws what makes that impossible: a manifest that cannot be read, above all. A broker
  /// or database that is away is waited for.
  RelayProcess(runtime::EventLoop& loop, Settings settings);

  /// A task that sends what is left, of all databases at a time, and stops the loop. Where a server keeps it
  /// from that, the process ends a second after the time for it.
  boost::asio::awaitable<void> stop();

 private:
  struct Outbox {
    std::string name;
    std::unique_ptr<amqp::ConfirmingPublisher> publisher;
    std::unique_ptr<outbox::Relay> relay;
    telemetry::Health::Component readiness;
  };

  void begin(outbox::RelayOptions options, const service::BrokerSettings& broker,
             const std::optional<amqp::Manifest>& manifest);
  /// Tells the health how the relays stand, again and again.
  boost::asio::awaitable<void> look_at_relays();

  void stop_relays(base::Deadline until);

  std::optional<service::StopWatchdog> watchdog_;
  runtime::EventLoop& loop_;
  const std::chrono::milliseconds stop_within_;
  telemetry::Metrics metrics_;
  telemetry::Health health_{metrics_};
  service::AdminServer admin_;
  std::unique_ptr<service::ManagementBindings> bindings_;
  std::vector<Outbox> outboxes_;
  telemetry::Health::Component process_;
  runtime::BlockingPool stopping_{{.name = "stop", .threads = 1, .queue = 1}};
};

}  // namespace waybill::relay
