#pragma once

#include <array>
#include <chrono>

#include "waybill/postgres/fault.hpp"
#include "waybill/telemetry/metrics.hpp"

namespace waybill::postgres {

/// What a pool tells the metrics. Without metrics it does nothing. Any thread.
class Probe {
 public:
  Probe() = default;
  /// The pool's name is a label: a process may have several. The metrics outlive the probe.
  Probe(telemetry::Metrics& metrics, std::string_view pool);

  void connection_taken(std::chrono::nanoseconds waited) const { wait_.observe(waited); }
  void committed(std::chrono::nanoseconds took) const {
    committed_.increment();
    duration_.observe(took);
  }
  void rolled_back() const { rolled_back_.increment(); }
  void failed(FaultKind kind) const { failed_[static_cast<std::size_t>(kind)].increment(); }
  void rerun(FaultKind kind) const { rerun_[static_cast<std::size_t>(kind)].increment(); }

  /// A connection in use, while it lives.
  class InUse {
   public:
    explicit InUse(const Probe& probe) : gauge_(probe.in_use_) { gauge_.add(1); }
    ~InUse() { gauge_.add(-1); }
    InUse(const InUse&) = delete;
    InUse& operator=(const InUse&) = delete;

   private:
    telemetry::Gauge gauge_;
  };

 private:
  static constexpr std::size_t kinds = 5;
  telemetry::Counter committed_;
  telemetry::Counter rolled_back_;
  std::array<telemetry::Counter, kinds> failed_;
  std::array<telemetry::Counter, kinds> rerun_;
  telemetry::Histogram wait_;
  telemetry::Histogram duration_;
  telemetry::Gauge in_use_;
};

}  // namespace waybill::postgres
