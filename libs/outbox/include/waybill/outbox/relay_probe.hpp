#pragma once

#include <cstddef>
#include <string_view>

#include "waybill/telemetry/metrics.hpp"

namespace waybill::outbox {

/// What a relay tells the metrics. Without metrics it does nothing. Any thread.
class RelayProbe {
 public:
  RelayProbe() = default;
  /// The outbox's name is a label: a process may relay several. The metrics outlive the probe.
  RelayProbe(telemetry::Metrics& metrics, std::string_view outbox);

  void confirmed() const { confirmed_.increment(); }
  void refused() const { refused_.increment(); }
  void returned() const { returned_.increment(); }
  void unknown() const { unknown_.increment(); }
  void removed(std::size_t rows) const { removed_.increment(rows); }
  void promoted(std::size_t rows) const { promoted_.increment(rows); }
  void replayed() const { replayed_.increment(); }
  void look_failed() const { looks_failed_.increment(); }
  void bindings_missing(std::size_t bindings) const { bindings_missing_.set(static_cast<double>(bindings)); }
  void leads(bool leads) const { leads_.set(leads ? 1 : 0); }
  void holds(std::size_t rows, std::size_t under_way, std::size_t blocked) const {
    rows_.set(static_cast<double>(rows));
    under_way_.set(static_cast<double>(under_way));
    blocked_.set(static_cast<double>(blocked));
  }

 private:
  telemetry::Counter confirmed_;
  telemetry::Counter refused_;
  telemetry::Counter returned_;
  telemetry::Counter unknown_;
  telemetry::Counter removed_;
  telemetry::Counter promoted_;
  telemetry::Counter replayed_;
  telemetry::Counter looks_failed_;
  telemetry::Gauge bindings_missing_;
  telemetry::Gauge leads_;
  telemetry::Gauge rows_;
  telemetry::Gauge under_way_;
  telemetry::Gauge blocked_;
};

}  // namespace waybill::outbox
