#include "waybill/outbox/bell.hpp"

#include <condition_variable>
#include <mutex>
#include <optional>
#include <utility>

#include "waybill/postgres/session.hpp"
#include "waybill/runtime/thread.hpp"
#include "waybill/telemetry/log.hpp"

namespace waybill::outbox {

using namespace std::chrono_literals;

namespace {

constexpr auto connect_within = 1s;
constexpr auto notify_within = 2s;
/// One that is at work looks as often by itself.
constexpr auto rest_after_a_ring = 20ms;
constexpr auto rest_after_a_fault = 1s;

// Nobody has to wait until that is on a disk.
constexpr postgres::Sql without_waiting = "SELECT set_config('synchronous_commit', 'off', true)";
constexpr postgres::Sql notify = "SELECT pg_notify('waybill_outbox', '')::text";

}  // namespace

struct Bell::Parts {
  explicit Parts(postgres::Options database) : options(std::move(database)) {
    options.application_name = "waybill bell";
    thread = runtime::Thread("bell", [this] { run(); });
  }
  ~Parts() {
    {
      const std::lock_guard lock(mutex);
      is_stopped = true;
    }
    changed.notify_one();
  }

  void run() {
    std::optional<postgres::Session> session;
    while (is_rung()) rest_for(tell(session) ? rest_after_a_ring : rest_after_a_fault);
  }

  bool tell(std::optional<postgres::Session>& session) const {
    // A session that was kept may have ended meanwhile.
    const bool may_be_stale = session.has_value();
    if (may_be_stale && try_to_tell(session)) return true;
    return try_to_tell(session);
  }
  bool try_to_tell(std::optional<postgres::Session>& session) const {
    try {
      if (!session) session.emplace(options, base::Deadline::after(connect_within));
      session->transact(
          [](postgres::Tx& tx) {
            tx.query_one<std::string>(without_waiting);
            tx.query_one<std::string>(notify);
          },
          base::Deadline::after(notify_within));
      return true;
    } catch (const postgres::Fault& fault) {
      telemetry::log_debug("outbox_bell_not_heard", {{"fault", fault.what()}});
      session.reset();
      return false;
    }
  }

  /// Waits for a ring; false when it is to stop.
  bool is_rung() {
    std::unique_lock lock(mutex);
    changed.wait(lock, [&] { return has_rung || is_stopped; });
    has_rung = false;
    return !is_stopped;
  }
  void rest_for(std::chrono::milliseconds duration) {
    std::unique_lock lock(mutex);
    changed.wait_for(lock, duration, [&] { return is_stopped; });
  }

  postgres::Options options;
  std::mutex mutex;
  std::condition_variable changed;
  bool has_rung = false;
  bool is_stopped = false;
  runtime::Thread thread;
};

Bell::Bell(postgres::Options database) : parts_(std::make_unique<Parts>(std::move(database))) {}

Bell::~Bell() = default;

void Bell::ring() noexcept {
  {
    const std::lock_guard lock(parts_->mutex);
    if (std::exchange(parts_->has_rung, true)) return;
  }
  parts_->changed.notify_one();
}

}  // namespace waybill::outbox
