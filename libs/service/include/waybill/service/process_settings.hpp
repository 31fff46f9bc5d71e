#pragma once

#include <chrono>
#include <string>

#include "waybill/runtime/configuration.hpp"
#include "waybill/runtime/schema.hpp"
#include "waybill/telemetry/log_config.hpp"

namespace waybill::service {

/// What every process has, whatever it does.
struct ProcessSettings {
  /// How long it may go on with what it has begun when it is to stop.
  std::chrono::milliseconds stop_within{};
  telemetry::LogConfig log{};
  std::string admin_address{};
  std::uint16_t admin_port = 0;
};

runtime::Section process_section();
ProcessSettings process_settings(const runtime::Configuration& configuration, const std::string& service);

}  // namespace waybill::service
