#pragma once

#include <condition_variable>
#include <cstddef>
#include <memory>
#include <mutex>
#include <vector>

#include "connection.hpp"
#include "slots.hpp"
#include "waybill/base/deadline.hpp"
#include "waybill/postgres/options.hpp"

namespace waybill::postgres {

class Connections;

/// One connection, lent: it goes back when this goes, or is destroyed when it broke.
class Lease {
 public:
  Lease(Connections& from, std::unique_ptr<Connection> connection);
  ~Lease();
  Lease(const Lease&) = delete;
  Lease& operator=(const Lease&) = delete;

  Connection& connection() { return *connection_; }

 private:
  Connections& from_;
  std::unique_ptr<Connection> connection_;
};

/// The connections of a pool: idle ones, the most recently used first, and those that are lent. Any thread.
class Connections {
 public:
  struct Count {
    std::size_t in_use = 0;
    std::size_t idle = 0;
    std::size_t waiting = 0;
  };

  explicit Connections(const Options& options) : options_(options), slots_(options.connections) {}

  /// Waits for its turn, then takes an idle connection or opens one. Throws a Fault: unavailable.
  Lease take(base::Deadline deadline);

  /// After one has broken, the idle ones are suspect: the next take() opens a new one.
  void drop_idle();

  /// As Pool::close().
  void close(base::Deadline deadline);
  /// Waits; false when closed, or when the deadline came, before the duration was over.
  bool pause(std::chrono::milliseconds duration, base::Deadline deadline);

  Count count() const;

 private:
  friend class Lease;
  Fault refusal(Slots::Outcome outcome, std::chrono::milliseconds waited) const;
  std::unique_ptr<Connection> take_idle();
  void lend(Connection& connection);
  void give_back(std::unique_ptr<Connection> connection);

  const Options& options_;
  Slots slots_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::unique_ptr<Connection>> idle_;
  std::vector<Connection*> lent_;
  std::size_t taken_ = 0;
  bool closed_ = false;
  bool cut_ = false;  // who gets a connection from now on gets a dead one
};

}  // namespace waybill::postgres
