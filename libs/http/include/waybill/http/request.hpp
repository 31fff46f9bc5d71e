#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "waybill/base/deadline.hpp"
#include "waybill/http/headers.hpp"
#include "waybill/http/method.hpp"
#include "waybill/telemetry/trace_context.hpp"

namespace waybill::http {

/// A request as a handler gets it: read whole, within the server's limits, of a client that may ask for it.
/// A value.
struct Request {
  Method method = Method::get;
  std::string target{};  ///< as it was sent: path and query
  Headers headers{};
  std::string body{};

  /// The pattern of the route that takes it: "/api/v1/orders/{id}". Of bounded variety, for metrics and logs.
  std::string_view route{};
  /// What stands in the place of each {name}, decoded: valid UTF-8 without control characters.
  std::vector<std::pair<std::string_view, std::string>> path_parameters{};

  std::string id{};       ///< the client's X-Request-Id, or one made for it
  std::string client{};   ///< whose API key it came with; empty where none is asked for
  std::string address{};  ///< from where the connection came
  std::optional<telemetry::TraceContext> trace{};
  /// When the server answers without the handler; what the handler waits for should end earlier.
  base::Deadline deadline = base::Deadline::never();

  /// Without the query.
  std::string_view path() const { return std::string_view(target).substr(0, target.find('?')); }
  /// Behind the '?'; empty when there is none.
  std::string_view query() const;
  /// ENSURE: the route's pattern has it.
  const std::string& path_parameter(std::string_view name) const;
};

}  // namespace waybill::http
