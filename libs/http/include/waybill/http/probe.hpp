#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "waybill/telemetry/metrics.hpp"

namespace waybill::http {

/// Why a request did not come to a handler.
enum class Turned : std::uint8_t { malformed, too_large, too_slow, unknown, unauthorized, throttled, shed };

std::string_view to_string(Turned turned);

/// What a server tells the metrics. A probe without metrics does nothing; the metrics outlive their probes.
/// Any thread.
class ServerProbe {
 public:
  /// The series of one route, made once.
  class OfRoute {
   public:
    OfRoute() = default;
    void answered(int status, std::chrono::nanoseconds took) const;

   private:
    friend class ServerProbe;
    static constexpr std::size_t status_classes = 5;
    std::array<telemetry::Counter, status_classes> answers_;
    telemetry::Histogram duration_;
  };

  ServerProbe() = default;
  ServerProbe(telemetry::Metrics& metrics, std::string_view server);

  OfRoute of_route(std::string_view method, std::string_view route) const;
  void turned_away(Turned why) const;
  void connections(std::size_t open) const { connections_.set(static_cast<double>(open)); }
  void requests(std::size_t under_way) const { requests_.set(static_cast<double>(under_way)); }
  void streams(std::size_t open) const { streams_.set(static_cast<double>(open)); }
  /// A connection was closed to make room for another one.
  void evicted() const { evicted_.increment(); }

 private:
  static constexpr std::size_t reasons = 7;
  telemetry::Metrics* metrics_ = nullptr;
  std::string server_{};
  std::array<telemetry::Counter, reasons> turned_;
  telemetry::Gauge connections_;
  telemetry::Gauge requests_;
  telemetry::Gauge streams_;
  telemetry::Counter evicted_;
};

}  // namespace waybill::http
