#include "connections.hpp"

#include <algorithm>
#include <string>
#include <utility>

namespace waybill::postgres {

Lease::Lease(Connections& from, std::unique_ptr<Connection> connection)
    : from_(from), connection_(std::move(connection)) {}

Lease::~Lease() { from_.give_back(std::move(connection_)); }

Lease Connections::take(base::Deadline deadline) {
  const auto began = base::system_clock().steady();
  const auto limit = deadline.earlier_of(base::Deadline::after(options_.acquire_timeout));
  const auto outcome = slots_.acquire(limit);
  if (outcome != Slots::Outcome::taken) {
    const auto waited = base::system_clock().steady() - began;
    throw refusal(outcome, std::chrono::duration_cast<std::chrono::milliseconds>(waited));
  }
  {
    const std::lock_guard lock(mutex_);
    ++taken_;
  }
  std::unique_ptr<Connection> connection = take_idle();
  try {
    if (connection == nullptr) connection = std::make_unique<Connection>(options_, deadline);
    lend(*connection);
  } catch (...) {
    give_back(nullptr);
    throw;
  }
  return Lease(*this, std::move(connection));
}

void Connections::drop_idle() {
  // Under the lock, or others would find none idle and open theirs beside those that are not closed yet.
  const std::lock_guard lock(mutex_);
  idle_.clear();
}

void Connections::close(base::Deadline deadline) {
  slots_.close();
  std::unique_lock lock(mutex_);
  closed_ = true;
  changed_.notify_all();
  const auto none_in_use = [&] { return taken_ == 0; };
  if (deadline.is_never()) {
    changed_.wait(lock, none_in_use);
  } else if (!changed_.wait_until(lock, deadline.when(), none_in_use)) {
    cut_ = true;
    for (Connection* const connection : lent_) connection->cut();
    changed_.wait(lock, none_in_use);
  }
  idle_.clear();
}

bool Connections::pause(std::chrono::milliseconds duration, base::Deadline deadline) {
  const auto end = base::Deadline::after(duration);
  if (deadline < end) return false;
  std::unique_lock lock(mutex_);
  return !changed_.wait_until(lock, end.when(), [&] { return closed_; });
}

Connections::Count Connections::count() const {
  const std::size_t waiting = slots_.waiting();
  const std::lock_guard lock(mutex_);
  return {.in_use = taken_, .idle = idle_.size(), .waiting = waiting};
}

Fault Connections::refusal(Slots::Outcome outcome, std::chrono::milliseconds waited) const {
  const std::string where = endpoint_of(options_).to_string();
  if (outcome == Slots::Outcome::closed)
    return Fault(FaultKind::unavailable, "the pool of connections to PostgreSQL at " + where + " is closed");
  return Fault(FaultKind::unavailable,
               "none of the pool's " + std::to_string(options_.connections) +
                   " connections to PostgreSQL at " + where + " was free within " +
                   std::to_string(waited.count()) +
                   " ms. Give the pool more connections, or make the transactions shorter");
}

std::unique_ptr<Connection> Connections::take_idle() {
  const std::lock_guard lock(mutex_);
  if (idle_.empty()) return nullptr;
  auto connection = std::move(idle_.back());
  idle_.pop_back();
  return connection;
}

void Connections::lend(Connection& connection) {
  const std::lock_guard lock(mutex_);
  lent_.push_back(&connection);
  if (cut_) connection.cut();
}

void Connections::give_back(std::unique_ptr<Connection> connection) {
  const bool usable = connection != nullptr && !connection->broken() && !connection->in_transaction();
  {
    const std::lock_guard lock(mutex_);
    std::erase(lent_, connection.get());
    if (usable && !closed_) idle_.push_back(std::move(connection));
  }
  // Closing writes to the network, so it is done before the slot is free and outside of the lock.
  connection.reset();
  slots_.release();
  // Last, and under the lock: close() may return, and all of this end, as soon as it sees the count.
  const std::lock_guard lock(mutex_);
  --taken_;
  changed_.notify_all();
}

}  // namespace waybill::postgres
