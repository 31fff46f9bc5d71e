#include "upkeep.hpp"

#include <exception>
#include <utility>

#include "store.hpp"
#include "waybill/telemetry/log.hpp"

namespace waybill::accept {

using namespace std::chrono_literals;

namespace {

constexpr auto begin_after = 10s;
constexpr auto upkeep_every = 10min;
constexpr auto upkeep_after_fault = 10s;
constexpr auto upkeep_within = 5s;
/// Room that ends later than that is for the thread to lengthen.
constexpr auto room_for = 1h;

}  // namespace

Upkeep::Upkeep(postgres::Pool& pool, std::chrono::seconds keep)
    : pool_(pool), keep_(keep), thread_("accept-upkeep", [this] { run(); }) {}

Upkeep::~Upkeep() {
  {
    const std::lock_guard lock(mutex_);
    stopped_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

void Upkeep::run() {
  std::unique_lock lock(mutex_);
  changed_.wait_for(lock, begin_after, [this] { return was_asked_ || stopped_; });
  while (!stopped_) {
    lock.unlock();
    std::chrono::nanoseconds pause = upkeep_every;
    try {
      make();
      drop();
    } catch (const std::exception& fault) {
      telemetry::log_warn("accept_upkeep_failed", {{"fault", fault.what()}});
      pause = upkeep_after_fault;
    }
    lock.lock();
    changed_.wait_for(lock, pause, [this] { return stopped_; });
  }
}

void Upkeep::see_to_room() {
  if (has_room()) return;
  try {
    make();
  } catch (const postgres::Fault& fault) {
    telemetry::log_warn("accept_upkeep_failed", {{"fault", fault.what()}});
  }
}

void Upkeep::room_is_missing() {
  const std::lock_guard lock(mutex_);
  room_until_ = {};
}

bool Upkeep::has_room() {
  const auto now = base::system_clock().steady();
  const std::lock_guard lock(mutex_);
  if (!std::exchange(was_asked_, true)) changed_.notify_all();
  return room_until_ > now + room_for;
}

void Upkeep::make() {
  const auto deadline = base::Deadline::after(upkeep_within);
  const auto began = base::system_clock().steady();
  const auto room = pool_.transact(
      [](postgres::Tx& tx) {
        store::make_partitions(tx);
        return store::room(tx);
      },
      deadline);
  const std::lock_guard lock(mutex_);
  room_until_ = began + room;
}

void Upkeep::drop() {
  const auto dropped = pool_.transact([&](postgres::Tx& tx) { return store::drop_partitions(tx, keep_); },
                                      base::Deadline::after(upkeep_within));
  for (const auto& name : dropped) telemetry::log_info("accept_answers_dropped", {{"partition", name}});
}

}  // namespace waybill::accept
