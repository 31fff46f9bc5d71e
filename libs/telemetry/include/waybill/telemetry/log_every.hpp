#pragma once

#include <chrono>
#include <cstdint>
#include <initializer_list>
#include <map>
#include <mutex>
#include <string>
#include <string_view>

#include "waybill/base/clock.hpp"
#include "waybill/telemetry/log.hpp"

namespace waybill::telemetry {

/// Logs a fault that repeats, at most once an interval per event; the next line that is written says in
/// "suppressed" how many were left out since the one before.
///   LogEvery faults_{10s, clock};
///   faults_.log(Level::warn, "broker_unreachable", {{"host", host}});
/// Events are told apart by name; beyond 256 names the rest share one turn. A suppressed tail is not told
/// until the next line of its event. A line below the configured level is neither written nor counted. Any
/// thread may call it.
class LogEvery {
 public:
  explicit LogEvery(std::chrono::nanoseconds interval, const base::Clock& clock = base::system_clock())
      : interval_(interval), clock_(clock) {}

  /// Says whether the line was written.
  bool log(Level level, std::string_view event, std::initializer_list<Field> fields = {});

 private:
  struct Turn {
    base::SteadyTime last{};
    std::uint64_t suppressed = 0;
    bool started = false;
  };
  Turn& turn_of(std::string_view event);

  const std::chrono::nanoseconds interval_;
  const base::Clock& clock_;
  std::mutex mutex_;
  std::map<std::string, Turn, std::less<>> turns_;
};

}  // namespace waybill::telemetry
