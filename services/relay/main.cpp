#include <array>
#include <string>
#include <vector>

#include "relay_process.hpp"
#include "settings.hpp"
#include "waybill/outbox/migrations.hpp"
#include "waybill/runtime/event_loop.hpp"
#include "waybill/runtime/shutdown.hpp"
#include "waybill/service/checks.hpp"
#include "waybill/service/program.hpp"
#include "waybill/telemetry/log_config.hpp"

namespace waybill::relay {
namespace {

void run(const runtime::Configuration& configuration) {
  auto settings = settings_of(configuration);
  telemetry::configure_log(settings.process.log);
  runtime::EventLoop loop;
  runtime::Shutdown shutdown(loop);
  RelayProcess process(loop, std::move(settings));
  shutdown.on_stop([&] { loop.spawn("stop", process.stop()); });
  loop.run();
}

std::vector<std::string> migrate(const runtime::Configuration& configuration) {
  const std::array modules{outbox::migrations()};
  std::vector<std::string> lines;
  for (const auto& outbox : settings_of(configuration).outboxes) {
    for (const auto& line : service::migrate_database(outbox.database, modules)) {
      lines.push_back(outbox.name + ": " + line);
    }
  }
  return lines;
}

std::vector<service::CheckLine> check(const runtime::Configuration& configuration) {
  const std::array modules{outbox::migrations()};
  const auto settings = settings_of(configuration);
  std::vector<service::CheckLine> lines;
  for (const auto& outbox : settings.outboxes) {
    service::check_database(outbox.database, modules, "waybill-relay", lines, outbox.name);
  }
  std::optional<amqp::Topology> topology;
  if (const auto manifest = settings.broker.read_manifest()) topology = manifest->topology();
  service::check_broker(settings.broker, topology, lines);
  return lines;
}

}  // namespace
}  // namespace waybill::relay

int main(int argc, char** argv) {
  return waybill::service::run_program(argc, argv,
                                       {.name = "waybill-relay",
                                        .version = WAYBILL_VERSION,
                                        .about = "Sends what is in the outboxes of databases, until SIGTERM.",
                                        .settings = waybill::relay::schema(),
                                        .run = waybill::relay::run,
                                        .migrate = waybill::relay::migrate,
                                        .check = waybill::relay::check});
}
