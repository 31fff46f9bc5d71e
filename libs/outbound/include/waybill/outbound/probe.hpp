#pragma once

#include <array>
#include <chrono>
#include <string_view>

#include "waybill/outbound/fault.hpp"
#include "waybill/telemetry/metrics.hpp"

namespace waybill::outbound {

/// What a client tells the metrics. Each series bears the client's name, so that one process may have
/// several. A probe without metrics does nothing; the metrics outlive their probes. Any thread.
class ClientProbe {
 public:
  ClientProbe() = default;
  ClientProbe(telemetry::Metrics& metrics, std::string_view client);

  void answered(int status, std::chrono::nanoseconds took) const;
  void failed(const Failure& failure, std::chrono::nanoseconds took) const;
  /// An answer or a failure of one exchange that had a connection, and whether it was one from before.
  void connected(bool reused) const { (reused ? reused_ : new_).increment(); }
  void under_way(std::size_t running, std::size_t waiting) const {
    running_.set(static_cast<double>(running));
    waiting_.set(static_cast<double>(waiting));
  }

 private:
  static constexpr std::size_t status_classes = 5;
  static constexpr std::size_t effects = 2;
  std::array<telemetry::Counter, status_classes> answers_;
  std::array<std::array<telemetry::Counter, effects>, all_troubles.size()> faults_;
  telemetry::Histogram duration_;
  telemetry::Counter new_;
  telemetry::Counter reused_;
  telemetry::Gauge running_;
  telemetry::Gauge waiting_;
};

}  // namespace waybill::outbound
