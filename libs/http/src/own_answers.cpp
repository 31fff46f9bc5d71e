#include "own_answers.hpp"

#include <utility>

#include "waybill/http/problem.hpp"
#include "waybill/http/status.hpp"

namespace waybill::http {

Response too_slow_response(std::string detail) {
  return to_response({.status = status::request_timeout,
                      .name = "request-too-slow",
                      .title = "The request came too slowly",
                      .detail = std::move(detail)});
}

Response internal_response() {
  return to_response({.status = status::internal_server_error,
                      .name = "internal",
                      .title = "Internal error",
                      .detail = "something went wrong here; the log has it under the request's id"});
}

Response overdue_response() {
  return to_response({.status = status::gateway_timeout,
                      .name = "deadline-passed",
                      .title = "Not done in time",
                      .detail = "it may yet be done: ask what became of it, or repeat the request with the "
                                "same Idempotency-Key"});
}

Response overload_response(const Overload& overload) {
  return to_response({.status = status::service_unavailable,
                      .name = "overloaded",
                      .title = "Too much to do",
                      .detail = overload.why + "; nothing was done: try again later"})
      .with("Retry-After", std::to_string(overload.retry_after.count()));
}

}  // namespace waybill::http
