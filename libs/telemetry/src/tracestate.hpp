#pragma once

#include <string_view>

namespace waybill::telemetry::detail {

/// True for a tracestate header as W3C Trace Context defines it, within TraceContext's limits.
bool well_formed_tracestate(std::string_view text);

}  // namespace waybill::telemetry::detail
