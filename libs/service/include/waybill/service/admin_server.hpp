#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "waybill/http/server.hpp"
#include "waybill/runtime/event_loop.hpp"
#include "waybill/telemetry/health.hpp"
#include "waybill/telemetry/metrics.hpp"

namespace waybill::service {

/// What operators and their machines ask a process: GET /livez and /readyz (200 or 503, with every check in
/// JSON) and /metrics (Prometheus's text), on a port of its own, which only they can reach. It answers on the
/// loop that does the work, so one that is stuck is not alive. Concurrency: as http::Server.
class AdminServer {
 public:
  /// Throws std::system_error if it cannot listen. Metrics and health outlive it.
  AdminServer(runtime::EventLoop& loop, const std::string& address, std::uint16_t port,
              const telemetry::Health& health, const telemetry::Metrics& metrics);

  std::uint16_t port() const { return server_.port(); }

 private:
  http::Server server_;
};

}  // namespace waybill::service
