#include <cstdlib>
#include <exception>
#include <iostream>
#include <stdexcept>
#include <string>
#include <vector>

#include "relay_process.hpp"
#include "settings.hpp"
#include "waybill/runtime/configuration.hpp"
#include "waybill/runtime/crash_point.hpp"
#include "waybill/runtime/event_loop.hpp"
#include "waybill/runtime/shutdown.hpp"
#include "waybill/telemetry/log.hpp"

namespace waybill::relay {
namespace {

constexpr int refused = 2;

int run(std::vector<std::string> arguments) {
  const auto known = schema();
  if (arguments == std::vector<std::string>{"--help"}) {
    std::cout << "usage: waybill-relay [--config FILE]\n\n"
                 "Sends what is in the outboxes of databases, until SIGTERM.\n\n"
              << known.describe();
    return EXIT_SUCCESS;
  }
  const auto sources = runtime::sources_of_process(arguments).value();
  if (!arguments.empty()) {
    throw runtime::ConfigurationRefused({.lines = {"'" + arguments.front() + "' is not known; see --help"}});
  }
  if (const auto at = sources.environment.find("WAYBILL_CRASH_AT"); at != sources.environment.end()) {
    runtime::arm_crash_point(at->second);
  }
  auto settings = settings_of(runtime::load(known, sources).value());
  telemetry::configure_log(settings.log);
  runtime::EventLoop loop;
  runtime::Shutdown shutdown(loop);
  RelayProcess process(loop, std::move(settings));
  shutdown.on_stop([&] {
    process.stop();
    loop.stop();
  });
  loop.run();
  return EXIT_SUCCESS;
}

}  // namespace
}  // namespace waybill::relay

int main(int argc, char** argv) {
  try {
    return waybill::relay::run({argv + 1, argv + argc});
  } catch (const waybill::runtime::ConfigurationRefused& refusal) {
    std::cerr << refusal.what() << "\n";
    return waybill::relay::refused;
  } catch (const std::invalid_argument& refusal) {
    std::cerr << "waybill-relay: " << refusal.what() << "\n";
    return waybill::relay::refused;
  } catch (const std::exception& fault) {
    std::cerr << "waybill-relay: " << fault.what() << "\n";
    return EXIT_FAILURE;
  }
}
