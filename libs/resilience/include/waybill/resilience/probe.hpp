#pragma once

#include <array>
#include <string_view>

#include "waybill/resilience/breaker_state.hpp"
#include "waybill/resilience/bulkhead.hpp"
#include "waybill/resilience/retry_verdict.hpp"
#include "waybill/telemetry/metrics.hpp"

namespace waybill::resilience {

/// What the policies tell the metrics. Each series bears the name of its policy, so that one process may have
/// several. A probe without metrics does nothing; the metrics outlive their probes. Any thread.

/// For a breaker's observer: [probe](const BreakerChange& change) { probe.changed(change); }
class BreakerProbe {
 public:
  BreakerProbe() = default;
  /// Shows it closed, as a breaker begins.
  BreakerProbe(telemetry::Metrics& metrics, std::string_view name);

  void changed(const BreakerChange& change) const;
  /// For whoever asked for a permit and got none.
  void refused() const { refused_.increment(); }

 private:
  static constexpr std::size_t states = 3;
  std::array<telemetry::Gauge, states> in_state_;
  std::array<telemetry::Counter, states> entered_;
  telemetry::Counter refused_;
};

/// For whoever asks a Retry.
class RetryProbe {
 public:
  RetryProbe() = default;
  RetryProbe(telemetry::Metrics& metrics, std::string_view name);

  void decided(const RetryVerdict& verdict) const;

 private:
  static constexpr std::size_t reasons = 3;
  telemetry::Counter retried_;
  telemetry::Histogram wait_;
  std::array<telemetry::Counter, reasons> gave_up_;
};

/// For whoever asks a TokenBucket.
class LimiterProbe {
 public:
  LimiterProbe() = default;
  LimiterProbe(telemetry::Metrics& metrics, std::string_view name);

  void granted(std::uint64_t tokens) const { granted_.increment(tokens); }
  void throttled() const { throttled_.increment(); }

 private:
  telemetry::Counter granted_;
  telemetry::Counter throttled_;
};

/// For a bulkhead's observer: [probe](BulkheadEvent event) { probe.happened(event); }
class BulkheadProbe {
 public:
  BulkheadProbe() = default;
  BulkheadProbe(telemetry::Metrics& metrics, std::string_view name);

  void happened(BulkheadEvent event) const;

 private:
  telemetry::Gauge running_;
  telemetry::Gauge waiting_;
  telemetry::Counter entered_;
  telemetry::Counter refused_;
};

}  // namespace waybill::resilience
