#pragma once

#include <memory>
#include <optional>
#include <type_traits>
#include <utility>

#include "waybill/base/deadline.hpp"
#include "waybill/postgres/options.hpp"
#include "waybill/postgres/tx.hpp"

namespace waybill::postgres {

/// One connection of its own, for what lives as long as a session does: advisory locks, and what it listens
/// to.
///
///   Session session(options, base::Deadline::after(5s));
///   bool leads = session.transact([](Tx& tx) { return tx.query_one<bool>(try_to_lead, key); }, deadline);
///
/// Promises: it never connects again. Once is_broken(), every call is a Fault (unavailable), and what the
/// server held for the session is given up as soon as the server notices. A transaction is run once, whatever
/// its end: a rerun is the caller's decision. Faults: as Pool::transact(). Does not promise: that the server
/// still holds a lock while the session only looks unbroken; it does when a statement has just succeeded.
/// Concurrency: one thread at a time, but cut(), which any thread may call.
class Session {
 public:
  /// Connects. Throws Fault.
  Session(const Options& options, base::Deadline deadline);
  ~Session();
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

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

  /// Waits until the server tells that somebody has notified a channel which this session LISTENs to: true,
  /// once for all that have come. False when the deadline comes first. Throws Fault, also when it is cut().
  bool await_notification(base::Deadline deadline);

  bool is_broken() const;
  /// Ends whatever waits on the connection, and the session with it, as if the network were cut.
  void cut() noexcept;

 private:
  void run(TxFunction function, base::Deadline deadline, Isolation isolation);
  void throw_if_ended() const;
  std::unique_ptr<Connection> connection_;
};

}  // namespace waybill::postgres
