#include "waybill/service/admin_server.hpp"

#include <utility>

#include "waybill/http/status.hpp"

namespace waybill::service {
namespace {

http::Response report(bool is_good, std::string json) {
  return http::json_response(is_good ? http::status::ok : http::status::service_unavailable, std::move(json))
      .with("Cache-Control", "no-store");
}

http::Router admin_routes(const telemetry::Health& health, const telemetry::Metrics& metrics) {
  http::Router router;
  // Whoever looks may say more than is read here.
  const http::RouteOptions urgent{.has_query = true, .is_never_shed = true};
  router.add(
      http::Method::get, "/livez",
      [&health](const http::Request&) { return report(health.liveness().ok, health.render_liveness()); },
      urgent);
  router.add(
      http::Method::get, "/readyz",
      [&health](const http::Request&) { return report(health.readiness().ok, health.render_readiness()); },
      urgent);
  router.add(
      http::Method::get, "/metrics",
      [&metrics](const http::Request&) {
        http::Response response;
        response.content_type = "text/plain; version=0.0.4; charset=utf-8";
        response.body = metrics.render();
        return response;
      },
      urgent);
  return router;
}

http::ServerOptions admin_options(const std::string& address, std::uint16_t port) {
  http::ServerOptions options;
  options.address = address;
  options.port = port;
  options.limits.connections = 64;
  // Probes come every few seconds, each with a line that nobody reads.
  options.access_log = http::AccessLog::none;
  return options;
}

}  // namespace

AdminServer::AdminServer(runtime::EventLoop& loop, const std::string& address, std::uint16_t port,
                         const telemetry::Health& health, const telemetry::Metrics& metrics)
    : server_(loop, admin_options(address, port), admin_routes(health, metrics)) {}

}  // namespace waybill::service
