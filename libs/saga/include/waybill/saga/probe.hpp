#pragma once

#include <chrono>
#include <string_view>

#include "waybill/saga/advance.hpp"
#include "waybill/telemetry/metrics.hpp"

namespace waybill::saga {

/// What an engine tells the metrics. Without metrics it does nothing. Any thread.
class Probe {
 public:
  Probe() = default;
  /// The metrics outlive the probe.
  explicit Probe(telemetry::Metrics& metrics);

  void input(std::string_view type, Outcome outcome) const;
  void ended(std::string_view type, Status status) const;
  void needs_operator(std::string_view type) const;
  /// An input for a saga that is not there, …
  void no_saga() const { no_saga_.increment(); }
  /// … or of a definition that this program does not know.
  void unknown_version() const { unknown_version_.increment(); }
  /// So much after its deadline a saga went on.
  void was_due(std::chrono::nanoseconds late) const { lateness_.observe(late); }
  void looked(std::chrono::nanoseconds took) const { looks_.observe(took); }

 private:
  telemetry::Family<telemetry::Counter> inputs_;
  telemetry::Family<telemetry::Counter> ended_;
  telemetry::Family<telemetry::Counter> operators_;
  telemetry::Counter no_saga_;
  telemetry::Counter unknown_version_;
  telemetry::Histogram lateness_;
  telemetry::Histogram looks_;
};

}  // namespace waybill::saga
