#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>

#include "waybill/base/clock.hpp"
#include "waybill/outbound/resilience_options.hpp"
#include "waybill/resilience/circuit_breaker.hpp"
#include "waybill/resilience/probe.hpp"
#include "waybill/telemetry/metrics.hpp"

namespace waybill::outbound {

/// A circuit breaker for each host and port, up to a number of them. One thread.
class Breakers {
 public:
  /// The client's name is theirs in metrics and in the log. The rest outlive it.
  Breakers(std::string client, const ResilienceOptions& options, const base::Clock& clock,
           telemetry::Metrics& metrics)
      : client_(std::move(client)), options_(options), clock_(clock), metrics_(metrics) {}

  struct Entry {
    resilience::CircuitBreaker& breaker;
    const resilience::BreakerProbe& probe;
  };
  /// Nothing where there is none.
  std::optional<Entry> of(const std::string& place);

 private:
  struct Guard {
    resilience::BreakerProbe probe;
    std::optional<resilience::CircuitBreaker> breaker;
  };

  std::string client_;
  const ResilienceOptions& options_;
  const base::Clock& clock_;
  telemetry::Metrics& metrics_;
  std::map<std::string, Guard> guards_;
};

}  // namespace waybill::outbound
