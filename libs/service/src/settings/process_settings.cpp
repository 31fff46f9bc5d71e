#include "waybill/service/process_settings.hpp"

#include "waybill/runtime/setting.hpp"

namespace waybill::service {
namespace {

using namespace std::chrono_literals;
using runtime::Setting;
namespace form = runtime::form;

const Setting<std::chrono::milliseconds>& stop_within() {
  static const auto setting = Setting{"stop.within", form::duration(0ms, 10min),
                                      "How long it may go on with what it has begun when it is to stop"}
                                  .by_default("8s");
  return setting;
}
const Setting<telemetry::Level>& log_level() {
  static const auto setting = Setting{"log.level",
                                      form::one_of<telemetry::Level>({{"debug", telemetry::Level::debug},
                                                                      {"info", telemetry::Level::info},
                                                                      {"warn", telemetry::Level::warn},
                                                                      {"error", telemetry::Level::error}}),
                                      "The least that is logged"}
                                  .by_default("info");
  return setting;
}
const Setting<telemetry::LogFormat>& log_format() {
  static const auto setting =
      Setting{"log.format",
              form::one_of<telemetry::LogFormat>(
                  {{"json", telemetry::LogFormat::json}, {"console", telemetry::LogFormat::console}}),
              "json for machines, console for people"}
          .by_default("console");
  return setting;
}
const Setting<runtime::HostPort>& admin_address() {
  static const auto setting = Setting{"admin.address", form::host_port(),
                                      "Where /livez, /readyz and /metrics are; for operators alone"}
                                  .by_default("127.0.0.1:9090");
  return setting;
}

}  // namespace

runtime::Section process_section() {
  return {"Process", {stop_within(), admin_address(), log_level(), log_format()}};
}

ProcessSettings process_settings(const runtime::Configuration& configuration, const std::string& service) {
  return {
      .stop_within = configuration[stop_within()],
      .log = {.format = configuration[log_format()], .level = configuration[log_level()], .service = service},
      .admin_address = configuration[admin_address()].host,
      .admin_port = configuration[admin_address()].port};
}

}  // namespace waybill::service
