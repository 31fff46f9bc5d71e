#include "relay_process.hpp"

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <optional>
#include <utility>

#include "waybill/amqp/manifest.hpp"
#include "waybill/runtime/thread.hpp"
#include "waybill/service/connection_readiness.hpp"
#include "waybill/service/wanted_bindings.hpp"
#include "waybill/telemetry/log.hpp"

namespace waybill::relay {

using namespace std::chrono_literals;

RelayProcess::RelayProcess(runtime::EventLoop& loop, Settings settings)
    : loop_(loop),
      stop_within_(settings.process.stop_within),
      admin_(loop, settings.process.admin_address, settings.process.admin_port, health_, metrics_),
      process_(health_.component("process")) {
  const auto manifest = settings.broker.read_manifest();
  if (settings.broker.management) {
    bindings_ = std::make_unique<service::ManagementBindings>(loop, *settings.broker.management);
  }
  for (auto& options : settings.outboxes) begin(std::move(options), settings.broker, manifest);
  loop.spawn("readiness", look_at_relays());
  process_.ready();
}

void RelayProcess::begin(outbox::RelayOptions options, const service::BrokerSettings& broker,
                         const std::optional<amqp::Manifest>& manifest) {
  const auto name = options.name;
  amqp::PublisherOptions publisher;
  publisher.connection = broker.broker;
  publisher.connection.connection_name = "waybill relay " + name;
  if (manifest) publisher.topology = broker.setup(manifest->topology());
  publisher.observer = service::readiness_by_connection(health_, "broker of " + name);
  publisher.probe = amqp::PublisherProbe(metrics_, "relay " + name);
  if (manifest) options.watch.wanted = service::wanted_bindings(*manifest);
  options.watch.source = bindings_.get();

  Outbox outbox{
      .name = name, .publisher = {}, .relay = {}, .readiness = health_.component("outbox of " + name)};
  outbox.publisher = std::make_unique<amqp::ConfirmingPublisher>(std::move(publisher));
  outbox.relay = std::make_unique<outbox::Relay>(std::move(options), *outbox.publisher,
                                                 outbox::RelayProbe(metrics_, name));
  outboxes_.push_back(std::move(outbox));
}

boost::asio::awaitable<void> RelayProcess::look_at_relays() {
  boost::asio::steady_timer pause(co_await boost::asio::this_coro::executor);
  auto heartbeat = health_.heartbeat("event loop", 10s);
  for (;;) {
    heartbeat.beat();
    for (auto& outbox : outboxes_) {
      if (outbox.relay->state() == outbox::Relay::State::connecting) {
        outbox.readiness.not_ready("the database cannot be reached, or has no outbox; the log says which");
      } else {
        outbox.readiness.ready();
      }
    }
    pause.expires_after(500ms);
    co_await pause.async_wait(boost::asio::use_awaitable);
  }
}

boost::asio::awaitable<void> RelayProcess::stop() {
  watchdog_.emplace(base::Deadline::after(stop_within_ + 1s));
  process_.not_ready("stopping");
  const auto stop_all = [this, until = base::Deadline::after(stop_within_)] { stop_relays(until); };
  co_await stopping_.run(stop_all);
  loop_.stop();
}

void RelayProcess::stop_relays(base::Deadline until) {
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
