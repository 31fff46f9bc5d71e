#include "relay_process.hpp"

#include <optional>
#include <utility>

#include "waybill/amqp/manifest.hpp"
#include "waybill/runtime/thread.hpp"
#include "waybill/service/wanted_bindings.hpp"
#include "waybill/telemetry/log.hpp"

namespace waybill::relay {
namespace {

amqp::PublisherOptions publisher_options(const Settings& settings,
                                         const std::optional<amqp::Manifest>& manifest,
                                         const std::string& name) {
  amqp::PublisherOptions options;
  options.connection = settings.broker;
  options.connection.connection_name = "waybill relay " + name;
  if (manifest && settings.topology != TopologyUse::none) {
    options.topology = amqp::TopologySetup{manifest->topology(), settings.topology == TopologyUse::declare
                                                                     ? amqp::TopologyMode::declare
                                                                     : amqp::TopologyMode::verify};
  }
  return options;
}

}  // namespace

RelayProcess::RelayProcess(runtime::EventLoop& loop, Settings settings) : stop_within_(settings.stop_within) {
  std::optional<amqp::Manifest> manifest;
  if (settings.manifest) manifest = amqp::load_manifest(*settings.manifest).value();
  if (settings.management) {
    bindings_ = std::make_unique<service::ManagementBindings>(loop, *settings.management);
  }
  for (auto& options : settings.outboxes) {
    if (manifest) options.watch.wanted = service::wanted_bindings(*manifest);
    options.watch.source = bindings_.get();
    Outbox outbox{.name = options.name, .publisher = {}, .relay = {}};
    outbox.publisher =
        std::make_unique<amqp::ConfirmingPublisher>(publisher_options(settings, manifest, options.name));
    outbox.relay = std::make_unique<outbox::Relay>(options, *outbox.publisher);
    outboxes_.push_back(std::move(outbox));
  }
}

void RelayProcess::stop() {
  const auto until = base::Deadline::after(stop_within_);
  std::vector<runtime::Thread> stops;
  for (auto& outbox : outboxes_) {
    stops.emplace_back("stop", [&outbox, until] {
      const bool is_flushed = outbox.relay->stop(until);
      telemetry::log_info("relay_stopped", {{"outbox", outbox.name}, {"flushed", is_flushed}});
    });
  }
  for (auto& stop : stops) stop.join();
}

}  // namespace waybill::relay
