#pragma once

#include <array>
#include <chrono>
#include <string_view>

#include "waybill/amqp/connection_state.hpp"
#include "waybill/message/publisher.hpp"
#include "waybill/message/subscriber.hpp"
#include "waybill/telemetry/metrics.hpp"

namespace waybill::amqp {

/// What connections tell the metrics. Each series bears the connection's name, so that one process may have
/// several. A probe without metrics does nothing; the metrics outlive their probes. Any thread.
class ConnectionProbe {
 public:
  ConnectionProbe() = default;
  ConnectionProbe(telemetry::Metrics& metrics, std::string_view connection);

  void changed(const ConnectionState& state) const;

 private:
  static constexpr std::size_t troubles = 9;
  telemetry::Gauge connected_;
  telemetry::Gauge blocked_;
  std::array<telemetry::Counter, troubles> disconnected_;
};

class PublisherProbe : public ConnectionProbe {
 public:
  PublisherProbe() = default;
  PublisherProbe(telemetry::Metrics& metrics, std::string_view connection);

  void ended(const message::Outcome& outcome) const;
  void confirmed_after(std::chrono::nanoseconds took) const { confirm_.observe(took); }
  void under_way(std::size_t unconfirmed) const { unconfirmed_.set(static_cast<double>(unconfirmed)); }
  void waiting(std::size_t unsent) const { unsent_.set(static_cast<double>(unsent)); }

 private:
  telemetry::Counter confirmed_;
  telemetry::Counter nacked_;
  telemetry::Counter returned_;
  telemetry::Counter unknown_;
  telemetry::Histogram confirm_;
  telemetry::Gauge unconfirmed_;
  telemetry::Gauge unsent_;
};

class SubscriberProbe : public ConnectionProbe {
 public:
  SubscriberProbe() = default;
  SubscriberProbe(telemetry::Metrics& metrics, std::string_view connection);

  void delivered(std::size_t count, std::size_t redelivered) const {
    delivered_.increment(count);
    redelivered_.increment(redelivered);
  }
  void settled(message::Settlement settlement, std::size_t count) const {
    settled_.at(static_cast<std::size_t>(settlement)).increment(count);
  }

 private:
  static constexpr std::size_t settlements = 3;
  telemetry::Counter delivered_;
  telemetry::Counter redelivered_;
  std::array<telemetry::Counter, settlements> settled_;
};

}  // namespace waybill::amqp
