#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "connect.hpp"
#include "exchange.hpp"
#include "owner.hpp"
#include "server_fault.hpp"
#include "statements.hpp"
#include "waybill/base/deadline.hpp"
#include "waybill/postgres/fault.hpp"
#include "waybill/postgres/options.hpp"
#include "waybill/postgres/parameters.hpp"
#include "waybill/postgres/result.hpp"
#include "waybill/postgres/sql.hpp"
#include "waybill/runtime/file_descriptor.hpp"

namespace waybill::postgres {

/// One session. A statement goes out with whatever waits before it (BEGIN, PREPARE) in one write, and each
/// answer is awaited with a limit. Any sign of trouble with the connection itself makes it broken, for good.
/// Concurrency: one thread at a time, but cut(), which any thread may call while the connection lives.
class Connection {
 public:
  /// Connects, sets the session's timeouts, and refuses a server that forgets commits. Throws Fault.
  Connection(const Options& options, base::Deadline deadline);
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  /// The transaction begins with the next statement.
  void begin(Sql statement);
  Result run(Sql sql, const ParameterList& parameters, base::Deadline deadline);
  /// As run(), without waiting: the answer comes with that to the next run(), settle() or commit().
  void pipeline(Sql sql, const ParameterList& parameters, base::Deadline deadline);
  /// Waits for what was pipelined.
  void settle(base::Deadline deadline);
  bool has_unanswered() const { return !sent_.empty(); }
  /// Whether so much is unanswered that the next pipeline() waits for it.
  bool is_full() const;
  /// Ends the transaction. Throws in_doubt when its answer does not come.
  void commit(base::Deadline deadline);
  /// Ends the transaction, or the connection where that fails.
  void rollback() noexcept;

  /// Any number of statements outside of the cache, as one text: a migration's.
  void run_script(const std::string& script, base::Deadline deadline);

  /// Outside of transactions: false when none has come by then.
  bool await_notification(base::Deadline deadline);

  bool broken() const { return broken_; }
  /// Whether the server is inside a transaction, as far as it has told.
  bool in_transaction() const { return in_transaction_; }
  /// Whether a statement of the transaction under way has failed, so that the server will not commit it any
  /// more.
  bool transaction_failed() const { return transaction_failed_; }
  const Endpoint& endpoint() const { return endpoint_; }

  /// Ends whatever waits on this connection, as if the network were cut.
  void cut() noexcept;

 private:
  struct Place {
    std::string_view statement = {};
    std::optional<std::size_t> number = {};  ///< of the transaction's statements
  };
  struct Sent {
    Place place;
    Statements::Statement* prepared = nullptr;  ///< for a PREPARE: what the server then has
    bool begins = false;
  };

  Connection(const Options& options, Connected connected);
  void send(Sql sql, const ParameterList& parameters, const Context& context,
            std::optional<std::size_t> number = {});
  void send_pending_begin(const Context& context);
  void throw_if_over(base::Deadline deadline, const Context& context);
  Answer await(const Context& context, base::Deadline deadline);
  void synchronize(const Context& context);
  Answer collect(const std::vector<Sent>& sent, const Context& context, base::Deadline deadline);
  Answer await_results(const Context& context, base::Deadline deadline);
  static Context with_pipelined(const std::vector<Sent>& sent, const Context& context);
  [[noreturn]] void fail(const Answer& answer, const Context& context);
  [[noreturn]] void lose(const Context& context);
  [[noreturn]] void break_off(const Fault& fault);
  static void notice(void* self, const PGresult* notice);

  Endpoint endpoint_;
  std::unique_ptr<Owner> owner_;
  PGconn* raw_;
  runtime::FileDescriptor cut_descriptor_;
  std::chrono::milliseconds statement_timeout_;
  Statements statements_;
  std::optional<Sql> pending_begin_;
  std::vector<Sent> sent_;  ///< and not answered yet
  std::size_t statements_sent_ = 0;
  Place stopped_at_;  ///< what the server refused last
  bool in_transaction_ = false;
  bool transaction_failed_ = false;
  bool replication_cancelled_ = false;
  bool broken_ = false;
};

}  // namespace waybill::postgres
