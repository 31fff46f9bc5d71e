#pragma once

#include <chrono>
#include <cstddef>
#include <memory>

#include "waybill/postgres/pool.hpp"
#include "waybill/saga/engine.hpp"

namespace waybill::saga {

struct DeadlinesOptions {
  std::chrono::milliseconds look_every{200};
  std::size_t most = 64;  ///< sagas of one transaction
  /// How long lines of the journal are kept.
  std::chrono::seconds keep_journal{std::chrono::days{30}};
};

/// Goes on with sagas that nobody answers, when their deadline has come by the database's clock; deletes
/// those that have ended long ago, and makes and drops the partitions of the journal. On a thread of its own,
/// for as long as it lives.
///
/// Promises: a deadline makes one step, however many of these run on one database, in however many processes.
/// Faults: none leaves it; it logs them, waits and goes on. Does not promise: that the step comes at once;
/// while the database is away, none does. Concurrency: any thread. Engine and pool outlive it.
class Deadlines {
 public:
  Deadlines(const Engine& engine, postgres::Pool& pool, DeadlinesOptions options = {});
  /// Stops as stop() does.
  ~Deadlines();
  Deadlines(const Deadlines&) = delete;
  Deadlines& operator=(const Deadlines&) = delete;

  /// Finishes what it is at.
  void stop();

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace waybill::saga
