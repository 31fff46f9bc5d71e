#include <filesystem>
#include <utility>

#include "modules.hpp"
#include "running/service_process.hpp"
#include "settings/service_settings.hpp"
#include "waybill/service/checks.hpp"
#include "waybill/service/program.hpp"
#include "waybill/service/service.hpp"
#include "waybill/telemetry/log_config.hpp"

namespace waybill::service {
namespace {

std::vector<CheckLine> check_service(const Description& description,
                                     const runtime::Configuration& configuration) {
  const auto settings = service_settings(configuration, description);
  std::vector<CheckLine> lines;
  check_database(settings.database, all_migrations(description), description.name, lines);
  std::optional<amqp::Topology> topology;
  if (const auto manifest = settings.broker.read_manifest()) {
    topology = manifest->topology_of(amqp::ServiceName{description.name});
  }
  check_broker(settings.broker, topology, lines);
  return lines;
}

}  // namespace

int run(int argc, const char* const* argv, Description description,
        const std::function<void(Service&)>& set_up) {
  Program program;
  program.name = std::filesystem::path(argc > 0 ? argv[0] : "").filename().string();
  if (program.name.empty()) program.name = description.name;
  program.version = description.version;
  program.about = description.about;
  program.has_keys = true;
  program.prints = description.prints;
  program.settings = service_schema(description);
  program.run = [&](const runtime::Configuration& configuration) {
    telemetry::configure_log(process_settings(configuration, description.name).log);
    ServiceProcess process(description, configuration);
    set_up(process);
    process.run();
  };
  program.migrate = [&](const runtime::Configuration& configuration) {
    return migrate_database(migration_options(configuration, description), all_migrations(description));
  };
  program.check = [&](const runtime::Configuration& configuration) {
    return check_service(description, configuration);
  };
  return run_program(argc, argv, program);
}

}  // namespace waybill::service
