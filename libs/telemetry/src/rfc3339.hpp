#pragma once

#include <string>

#include "waybill/base/clock.hpp"

namespace waybill::telemetry::detail {

/// "2026-01-31T12:00:00.000000Z".
std::string rfc3339(base::WallTime time);

}  // namespace waybill::telemetry::detail
