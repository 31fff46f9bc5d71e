#include "access_log.hpp"

#include <optional>

#include "waybill/http/status.hpp"
#include "waybill/telemetry/log.hpp"
#include "waybill/telemetry/trace_context.hpp"

namespace waybill::http {

void log_access(AccessLog which, const Request& request, const Access& access) {
  const auto level =
      access.status >= status::internal_server_error ? telemetry::Level::warn : telemetry::Level::info;
  if (which == AccessLog::none ||
      (which == AccessLog::faults && access.status < status::internal_server_error))
    return;
  if (!telemetry::log_enabled(level)) return;
  std::optional<telemetry::TraceScope> trace;
  if (request.trace) trace.emplace(*request.trace);
  telemetry::log(level, "http_request",
                 {{"method", to_string(request.method)},
                  {"path", request.path()},
                  {"route", request.route},
                  {"status", access.status},
                  {"bytes", access.bytes},
                  {"took", access.took},
                  {"client", request.client},
                  {"address", request.address},
                  {"request_id", request.id}});
}

}  // namespace waybill::http
