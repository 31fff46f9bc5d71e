#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "waybill/telemetry/metrics.hpp"

namespace waybill::accept {

/// What became of a request.
enum class Ending : std::uint8_t {
  accepted,     ///< its function's answer was committed with all that it wrote
  replayed,     ///< it got the answer of an earlier one, or of one beside it
  key_missing,  ///< refused: without an Idempotency-Key
  key_invalid,  ///< refused: with one that is none
  key_reused,   ///< refused: the key came with another request before
  in_progress,  ///< refused: another transaction is at a request of that key
  full,         ///< refused: too many were waiting
  stopping,     ///< refused: the process is about to end
  late,         ///< its time was over before anything was done
  away,         ///< nothing was done, for want of the database
  conflict,     ///< nothing was done: it lost to others, or waited too long for a lock
  failed,       ///< nothing was done: its function threw, or answered with 5xx
  unknown,      ///< its time was over before it was known whether its COMMIT had been done
};
std::string_view to_string(Ending ending);

/// What an acceptor tells the metrics. Without metrics it does nothing. Any thread.
class Probe {
 public:
  Probe() = default;
  /// The metrics outlive the probe.
  explicit Probe(telemetry::Metrics& metrics);

  void ended(Ending ending) const { ended_.at(static_cast<std::size_t>(ending)).increment(); }
  /// A group went through its transactions, usually one.
  void group(std::size_t requests, std::chrono::nanoseconds took) const {
    size_.observe(static_cast<double>(requests));
    duration_.observe(took);
  }
  /// From the last statement to the answer to COMMIT.
  void committed(std::size_t requests, std::chrono::nanoseconds took) const {
    committed_.observe(static_cast<double>(requests));
    commit_.observe(took);
  }

 private:
  static constexpr std::size_t endings = 13;
  std::array<telemetry::Counter, endings> ended_;
  telemetry::Histogram size_;
  telemetry::Histogram duration_;
  telemetry::Histogram committed_;
  telemetry::Histogram commit_;
};

}  // namespace waybill::accept
