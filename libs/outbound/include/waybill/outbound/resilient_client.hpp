#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <memory>

#include "waybill/base/clock.hpp"
#include "waybill/outbound/http_client.hpp"
#include "waybill/outbound/resilience_options.hpp"
#include "waybill/telemetry/metrics.hpp"

namespace waybill::outbound {

/// An HttpClient that tries again what may be tried again, and keeps away from hosts that fail.
///
/// Promises: a request that is not idempotent is sent at most once. One that is, is sent again after an
/// unknown outcome and after 429, 502, 503 and 504; what surely was not sent is tried again in any case. A
/// Retry-After is waited for where the deadline allows, else the answer is returned at once. No attempt
/// begins at or after the deadline. When the last attempt has no answer, the Fault says that there may be an
/// effect if any attempt may have had one. Each host and port has a circuit breaker: answers 500, 502, 503,
/// 504 and everything that keeps an answer from coming count as failures.
///
/// Does not promise: a breaker of its own for each of more than `breakers` hosts; the rest have none.
/// Concurrency: as HttpClient. The clock and the metrics outlive it.
class ResilientClient {
 public:
  /// Throws std::invalid_argument, see check(). The same seed gives the same waits.
  ResilientClient(boost::asio::any_io_executor executor, Options options, const ResilienceOptions& resilience,
                  std::uint64_t seed, const base::Clock& clock = base::system_clock(),
                  telemetry::Metrics& metrics = telemetry::Metrics::none());
  /// Closes it.
  ~ResilientClient();
  ResilientClient(const ResilientClient&) = delete;
  ResilientClient& operator=(const ResilientClient&) = delete;

  /// Throws Fault when the last attempt has no response.
  [[nodiscard]] boost::asio::awaitable<Response> send(Request request, base::Deadline deadline);

  /// Ends every request under way, and each later one, as `closed`, also those that wait between attempts.
  void close();

 private:
  struct Impl;
  class Pause;
  std::shared_ptr<Impl> impl_;
};

}  // namespace waybill::outbound
