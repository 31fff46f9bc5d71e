#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "waybill/inbox/fault.hpp"
#include "waybill/telemetry/metrics.hpp"

namespace waybill::inbox {

/// How a message ended that was not given up.
enum class Ending : std::uint8_t {
  handled,
  seen,     ///< a copy of what was handled
  stale,    ///< a copy of an attempt that is over
  expired,  ///< its time to be handled had passed
  skipped,  ///< an event that nobody here handles
  parked,   ///< it waits for an earlier one of its key
};

/// What a consumer tells the metrics. Without metrics it does nothing. Any thread.
class Probe {
 public:
  Probe() = default;
  /// The consumer's name is a label. The metrics outlive the probe.
  Probe(telemetry::Metrics& metrics, std::string_view consumer);

  void ended(Ending ending, std::size_t count = 1) const {
    ended_.at(static_cast<std::size_t>(ending)).increment(count);
  }
  void retried() const { retried_.increment(); }
  void dead_lettered(Reason reason) const { dead_.at(static_cast<std::size_t>(reason)).increment(); }
  void batch(std::size_t messages, std::chrono::nanoseconds took) const {
    batches_.increment();
    messages_.increment(messages);
    duration_.observe(took);
  }
  void gave_back() const { gave_back_.increment(); }

 private:
  static constexpr std::size_t endings = 6;
  static constexpr std::size_t reasons = 9;
  std::array<telemetry::Counter, endings> ended_;
  std::array<telemetry::Counter, reasons> dead_;
  telemetry::Counter retried_;
  telemetry::Counter batches_;
  telemetry::Counter messages_;
  telemetry::Counter gave_back_;
  telemetry::Histogram duration_;
};

}  // namespace waybill::inbox
