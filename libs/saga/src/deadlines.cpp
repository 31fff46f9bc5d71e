#include "waybill/saga/deadlines.hpp"

#include <condition_variable>
#include <mutex>

#include "waybill/runtime/thread.hpp"
#include "waybill/telemetry/log.hpp"
#include "waybill/telemetry/log_every.hpp"

namespace waybill::saga {

using namespace std::chrono_literals;

namespace {

/// Less than a process has for its end, which a database that is silent must not hold up.
constexpr auto look_within = 5s;
constexpr auto maintain_every = 10min;
constexpr auto maintain_after_fault = 10s;
/// After a fault: long enough not to burden a server that is in trouble.
constexpr auto rest_after_fault = 1s;

}  // namespace

struct Deadlines::Parts {
  Parts(const Engine& its_engine, postgres::Pool& its_pool, DeadlinesOptions its_options)
      : engine(its_engine), pool(its_pool), options(its_options), thread("deadlines", [this] { run(); }) {}

  void run() {
    while (!is_stopped()) {
      auto pause = options.look_every;
      maintain();
      try {
        // Where as many were due as were asked for, there may be more.
        if (engine.look(pool, options.most, base::Deadline::after(look_within)).seen == options.most) {
          pause = 0ms;
        }
      } catch (const std::exception& fault) {
        faults.log(telemetry::Level::warn, "saga_deadlines_rest", {{"fault", fault.what()}});
        pause = rest_after_fault;
      }
      std::unique_lock lock(mutex);
      changed.wait_for(lock, pause, [this] { return stopped; });
    }
  }

  /// Its faults keep no deadline waiting.
  void maintain() {
    const auto now = base::system_clock().steady();
    if (now < maintain_at) return;
    maintain_at = now + maintain_every;
    try {
      engine.maintain(pool, options.keep_journal, base::Deadline::after(look_within));
    } catch (const std::exception& fault) {
      telemetry::log_warn("saga_journal_not_kept", {{"fault", fault.what()}});
      maintain_at = now + maintain_after_fault;
    }
  }

  bool is_stopped() {
    const std::lock_guard lock(mutex);
    return stopped;
  }

  const Engine& engine;
  postgres::Pool& pool;
  const DeadlinesOptions options;
  telemetry::LogEvery faults{10s};
  base::SteadyTime maintain_at{};
  std::mutex mutex;
  std::condition_variable changed;
  bool stopped = false;
  runtime::Thread thread;
};

Deadlines::Deadlines(const Engine& engine, postgres::Pool& pool, DeadlinesOptions options)
    : parts_(std::make_unique<Parts>(engine, pool, options)) {}

Deadlines::~Deadlines() { stop(); }

void Deadlines::stop() {
  {
    const std::lock_guard lock(parts_->mutex);
    parts_->stopped = true;
  }
  parts_->changed.notify_all();
  parts_->thread.join();
}

}  // namespace waybill::saga
