#include "alarm/overdue_watch.hpp"

#include <condition_variable>
#include <mutex>

#include "persistence/reservations.hpp"
#include "waybill/runtime/thread.hpp"
#include "waybill/telemetry/log.hpp"

namespace shop::inventory {

using namespace std::chrono_literals;

namespace {

// Short, so that a server which does not answer keeps no process from ending.
constexpr auto look_within = 3s;

}  // namespace

struct OverdueWatch::Parts {
  Parts(waybill::postgres::Pool& its_pool, waybill::telemetry::Metrics& metrics, OverdueWatchOptions its)
      : pool(its_pool),
        options(its),
        overdue(metrics.gauge("waybill_inventory_overdue_reservations",
                              "Reservations that should have been confirmed or released by now")),
        thread("overdue", [this] { run(); }) {}

  void run() {
    std::unique_lock lock(mutex);
    while (!stopped) {
      lock.unlock();
      look();
      lock.lock();
      changed.wait_for(lock, options.look_every, [this] { return stopped; });
    }
  }

  void look() const {
    try {
      const auto found = pool.transact(
          [this](waybill::postgres::Tx& tx) { return reservations::look_for_overdue(tx, options.after); },
          waybill::base::Deadline::after(look_within));
      overdue.set(static_cast<double>(found.count));
      if (found.count == 0) return;
      waybill::telemetry::log_warn("reservations_are_overdue", {{"reservations", found.count},
                                                                {"oldest", found.oldest},
                                                                {"order_id", found.order_id},
                                                                {"age", found.age}});
    } catch (const std::exception& fault) {
      waybill::telemetry::log_warn("overdue_reservations_not_seen", {{"fault", fault.what()}});
    }
  }

  waybill::postgres::Pool& pool;
  const OverdueWatchOptions options;
  const waybill::telemetry::Gauge overdue;
  std::mutex mutex;
  std::condition_variable changed;
  bool stopped = false;
  waybill::runtime::Thread thread;
};

OverdueWatch::OverdueWatch(waybill::postgres::Pool& pool, waybill::telemetry::Metrics& metrics,
                           OverdueWatchOptions options)
    : parts_(std::make_unique<Parts>(pool, metrics, options)) {}

OverdueWatch::~OverdueWatch() {
  {
    const std::lock_guard lock(parts_->mutex);
    parts_->stopped = true;
  }
  parts_->changed.notify_all();
  parts_->thread.join();
}

}  // namespace shop::inventory
