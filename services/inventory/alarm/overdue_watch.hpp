#pragma once

#include <chrono>
#include <memory>

#include "waybill/postgres/pool.hpp"
#include "waybill/telemetry/metrics.hpp"

namespace shop::inventory {

struct OverdueWatchOptions {
  /// When a reservation should have been confirmed or released.
  std::chrono::milliseconds after{std::chrono::minutes{15}};
  std::chrono::milliseconds look_every{std::chrono::seconds{30}};
};

/// Raises an alarm for reservations that nobody ends: their goods are kept from being sold until somebody
/// does. It looks, and ends none itself, since only who asked for the goods knows whether they are wanted.
///
/// Promises: the gauge waybill_inventory_overdue_reservations is what was there at the last look, by the
/// database's clock, and each look that finds any writes a warning which names the oldest. Each instance
/// looks for itself, so the gauges of several are the same figure and no sum. Faults: none leaves it; it logs
/// them and looks again. Does not promise: a figure of now while the database is away. Concurrency: a thread
/// of its own, for as long as it lives. Pool and metrics outlive it.
class OverdueWatch {
 public:
  OverdueWatch(waybill::postgres::Pool& pool, waybill::telemetry::Metrics& metrics,
               OverdueWatchOptions options);
  /// Finishes the look that it is at.
  ~OverdueWatch();
  OverdueWatch(const OverdueWatch&) = delete;
  OverdueWatch& operator=(const OverdueWatch&) = delete;

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace shop::inventory
