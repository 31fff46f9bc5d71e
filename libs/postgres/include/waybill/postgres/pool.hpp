#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <type_traits>
#include <utility>

#include "waybill/base/deadline.hpp"
#include "waybill/postgres/options.hpp"
#include "waybill/postgres/probe.hpp"
#include "waybill/postgres/tx.hpp"

namespace waybill::runtime {
class BlockingPool;
}

namespace waybill::postgres {

/// A bounded number of connections to one database, and the transactions that run on them.
///
///   auto left = pool.transact([&](Tx& tx) { return tx.query_one<std::int64_t>(take_stock, sku); },
///   deadline);
///
/// Promises: the function runs in a transaction, in the calling thread, and its result is returned after the
/// commit. Connections are opened when needed and given out in the order of asking. One that broke is
/// destroyed, never used again. A transaction that lost to another one (40001, 40P01) is run again, up to
/// Options::attempts times, after a short random wait; one whose connection broke before COMMIT was sent is
/// run again once, on a new connection. So **the function may run more than once**, and what it did outside
/// the transaction stays done. Nothing is committed once the deadline has passed without COMMIT sent. The
/// call ends at the latest a few seconds after its deadline (the answer to a COMMIT or a ROLLBACK gets a
/// second of its own); name resolution is not bounded by it. Faults: Fault, with its kind; in_doubt is never
/// run again here, since only the caller's own key can tell whether the first run was committed. What the
/// function throws is rolled back and thrown on. Does not promise: that a transaction without a statement
/// reaches the server at all. Concurrency: any thread, but not from within a function given to any
/// transact(): a second transaction there would wait for a connection that its own thread holds (ENSURE). The
/// pool outlives all calls into it.
class Pool {
 public:
  struct Load {
    std::size_t in_use = 0;
    std::size_t idle = 0;
    std::size_t waiting = 0;
  };

  /// Connects to nothing yet; a malformed URL is a permanent Fault. The metrics of the probe outlive the
  /// pool.
  explicit Pool(Options options, const Probe& probe = {});
  ~Pool();
  Pool(const Pool&) = delete;
  Pool& operator=(const Pool&) = delete;

  template <class F>
  std::invoke_result_t<F&, Tx&> transact(F&& function, base::Deadline deadline,
                                         Isolation isolation = Isolation::read_committed) {
    using Value = std::invoke_result_t<F&, Tx&>;
    static_assert(!std::is_reference_v<Value>,
                  "return a value: the transaction is over when the caller gets it");
    if constexpr (std::is_void_v<Value>) {
      run(TxFunction(function), deadline, isolation);
    } else {
      std::optional<Value> value;
      auto keep = [&](Tx& tx) { value.emplace(std::invoke(function, tx)); };
      run(TxFunction(keep), deadline, isolation);
      return *std::move(value);
    }
  }

  /// Asks the server for an answer on a connection of the pool; a Fault says what is wrong. For readiness.
  void ping(base::Deadline deadline);

  /// Refuses new transactions from now on and wakes those who wait (Fault, unavailable), waits until the
  /// deadline for the running ones, then cuts their connections. Returns when none is in use.
  void close(base::Deadline deadline);

  Load load() const;
  const Options& options() const;

  /// The threads on which transact_async() runs, as many as connections; started at the first use.
  runtime::BlockingPool& threads();

  /// One attempt: no second run, whatever the fault. For what decides itself, as Batch does.
  void run_once(TxFunction function, base::Deadline deadline,
                Isolation isolation = Isolation::read_committed);

  /// Waits, but no longer than the pool is open or the deadline allows; false when the deadline came or the
  /// pool closed.
  bool pause(std::chrono::milliseconds duration, base::Deadline deadline);

 private:
  struct Impl;
  void run(TxFunction function, base::Deadline deadline, Isolation isolation);
  std::unique_ptr<Impl> impl_;
};

}  // namespace waybill::postgres
