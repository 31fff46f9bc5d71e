#include "answer_faults.hpp"

#include <exception>
#include <optional>
#include <utility>

#include "waybill/http/problem.hpp"
#include "waybill/http/status.hpp"
#include "waybill/postgres/fault.hpp"
#include "waybill/runtime/refusal.hpp"
#include "waybill/telemetry/log.hpp"

namespace waybill::service {
namespace {

http::Response away() {
  return http::to_response({.status = http::status::service_unavailable,
                            .name = "database-away",
                            .title = "The database is away",
                            .detail = "try again later"})
      .with("Retry-After", "1");
}

http::Response busy() {
  return http::to_response({.status = http::status::service_unavailable,
                            .name = "busy",
                            .title = "Too many at once",
                            .detail = "the request lost to others, or waited for too long: try again"})
      .with("Retry-After", "1");
}

/// What to answer to the exception that is being handled; throws it on where it is none of these.
http::Response answer_to_fault(const http::Request& request) {
  try {
    throw;
  } catch (const postgres::Fault& fault) {
    const auto kind = fault.kind();
    if (kind == postgres::FaultKind::permanent || kind == postgres::FaultKind::in_doubt) throw;
    telemetry::log_warn("http_database_fault", {{"route", request.route},
                                                {"request_id", request.id},
                                                {"kind", to_string(kind)},
                                                {"why", fault.what()}});
    return kind == postgres::FaultKind::unavailable ? away() : busy();
  } catch (const runtime::Refused& refused) {
    telemetry::log_warn("http_read_refused", {{"route", request.route}, {"why", refused.what()}});
    return busy();
  }
}

boost::asio::awaitable<http::Response> answer_it(const http::Handler& handler, const http::Request& request) {
  std::exception_ptr escaped;
  try {
    co_return co_await handler(request);
  } catch (...) {
    escaped = std::current_exception();
  }
  try {
    std::rethrow_exception(escaped);
  } catch (...) {
    co_return answer_to_fault(request);
  }
}

}  // namespace

http::Handler answering_faults(http::Handler handler) {
  return [handler = std::move(handler)](const http::Request& request) { return answer_it(handler, request); };
}

http::PlainHandler answering_faults(http::PlainHandler handler) {
  return [handler = std::move(handler)](const http::Request& request) {
    try {
      return handler(request);
    } catch (const std::exception&) {
      return answer_to_fault(request);
    }
  };
}

}  // namespace waybill::service
