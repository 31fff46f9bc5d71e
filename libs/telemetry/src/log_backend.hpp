#pragma once

#include "waybill/telemetry/log_config.hpp"

namespace waybill::telemetry::detail {

/// Sets the process's logger and gives the configuration that stood before.
LogConfig exchange_log_config(LogConfig config);

/// The configuration that stands now.
LogConfig current_log_config();

}  // namespace waybill::telemetry::detail
