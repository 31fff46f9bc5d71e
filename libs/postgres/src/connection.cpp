#include "connection.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <algorithm>
#include <utility>

#include "connect_fault.hpp"
#include "session_setup.hpp"
#include "waybill/base/ensure.hpp"

namespace waybill::postgres {
namespace {

using namespace std::chrono_literals;

// How much longer than statement_timeout a server may take to say that it has ended a statement.
constexpr std::chrono::milliseconds grace = 2s;
// What the end of a transaction gets, also when its deadline has come.
constexpr std::chrono::milliseconds time_to_end = 1s;

// What is pipelined is kept here, and its answers there, until it is waited for.
constexpr std::size_t most_unanswered = 1'000;

constexpr Sql commit_statement = "COMMIT";
constexpr Sql rollback_statement = "ROLLBACK";

std::unique_ptr<Owner> own(UniqueConnection raw, const Endpoint& endpoint) {
  try {
    return std::make_unique<Owner>(std::move(raw));
  } catch (const pqxx::failure& failure) {
    throw Fault(FaultKind::unavailable,
                "cannot use the connection to PostgreSQL at " + endpoint.to_string() + ": " + failure.what());
  }
}

}  // namespace

Connection::Connection(const Options& options, base::Deadline deadline)
    : Connection(options, connect(options, deadline)) {}

Connection::Connection(const Options& options, Connected connected)
    : endpoint_(std::move(connected.endpoint)),
      owner_(own(std::move(connected.raw), endpoint_)),
      raw_(owner_->raw()),
      cut_descriptor_(::fcntl(PQsocket(raw_), F_DUPFD_CLOEXEC, 0)),
      statement_timeout_(options.statement_timeout) {
  PQsetNoticeReceiver(raw_, &Connection::notice, this);
  if (PQsetnonblocking(raw_, 1) != 0 || PQenterPipelineMode(raw_) == 0) lose({endpoint_, "(connecting)"});
  try {
    set_up_session(*this, options, connected.limit);
  } catch (const Fault& fault) {
    // The caller has no statement yet that more time could be given to: the server is what is slow.
    if (fault.kind() != FaultKind::transient || !connected.limit.passed()) throw;
    throw connect_timeout_fault(endpoint_, base::system_clock().steady() - connected.began);
  }
}

void Connection::begin(Sql statement) {
  ENSURE(!in_transaction_ && !pending_begin_, "a transaction is under way on this connection");
  pending_begin_ = statement;
  transaction_failed_ = false;
  statements_sent_ = 0;
  stopped_at_ = {};
}

Result Connection::run(Sql sql, const ParameterList& parameters, base::Deadline deadline) {
  pipeline(sql, parameters, deadline);
  const Context context{endpoint_, sql.text()};
  Answer answer = await(context, deadline);
  if (answer.error || answer.lost || !answer.last) fail(answer, context);
  return *std::move(answer.last);
}

void Connection::pipeline(Sql sql, const ParameterList& parameters, base::Deadline deadline) {
  const Context context{endpoint_, sql.text()};
  throw_if_over(deadline, context);
  if (is_full()) settle(deadline);
  send_pending_begin(context);
  send(sql, parameters, context, statements_sent_++);
}

void Connection::settle(base::Deadline deadline) {
  if (sent_.empty()) return;
  const Context context{endpoint_, sent_.back().place.statement};
  throw_if_over(deadline, context);
  const Answer answer = await(context, deadline);
  if (answer.error || answer.lost) fail(answer, context);
}

bool Connection::is_full() const { return sent_.size() >= most_unanswered; }

void Connection::throw_if_over(base::Deadline deadline, const Context& context) {
  if (!deadline.passed()) return;
  // Nothing is waited for, so the connection stays good; the transaction does not.
  transaction_failed_ = true;
  throw deadline_fault(context, /*connection_lost=*/false);
}

void Connection::commit(base::Deadline deadline) {
  if (pending_begin_) {
    pending_begin_.reset();
    return;
  }
  if (has_hung_up(raw_)) lose({endpoint_, "(before COMMIT)"});
  if (deadline.passed()) throw deadline_fault({endpoint_, "(before COMMIT)"}, /*connection_lost=*/false);

  Context context{endpoint_, commit_statement.text(), /*commit_sent=*/true};
  replication_cancelled_ = false;
  send(commit_statement, {}, context);
  const auto limit = std::max(deadline, base::Deadline::after(time_to_end));
  const Answer answer = await(context, limit);
  // The server answers in order: where it refused what comes before COMMIT, it has not come to COMMIT. What
  // it says behind the answer to COMMIT, as its last word, tells nothing of that.
  const bool is_refused = answer.error && !error_field(answer.error->raw(), PG_DIAG_SQLSTATE).empty();
  const auto at = stopped_at_.statement;
  if (is_refused && !at.empty() && at != commit_statement.text()) context.commit_sent = false;
  if (answer.lost) fail(answer, context);
  in_transaction_ = PQtransactionStatus(raw_) != PQTRANS_IDLE;
  if (answer.error || !answer.last) fail(answer, context);
  const std::string_view tag = PQcmdStatus(answer.last->raw());
  if (tag != "COMMIT") {
    throw Fault(FaultKind::permanent,
                "PostgreSQL at " + endpoint_.to_string() +
                    " rolled the transaction back instead of committing it: a statement in it had "
                    "failed");
  }
  if (replication_cancelled_) throw replication_fault(context);
}

void Connection::rollback() noexcept {
  pending_begin_.reset();
  if (broken_ || (!in_transaction_ && sent_.empty())) return;
  const Context context{endpoint_, rollback_statement.text()};
  const auto limit = base::Deadline::after(time_to_end);
  try {
    // Without waiting for what is pipelined, and behind a point where the server goes on whatever failed.
    const auto pipelined = std::exchange(sent_, {});
    if (!pipelined.empty()) synchronize(context);
    send(rollback_statement, {}, context);
    synchronize(context);
    if (!pipelined.empty()) broken_ = collect(pipelined, context, limit).lost;
    if (!broken_) {
      const Answer answer = collect(std::exchange(sent_, {}), context, limit);
      broken_ = answer.error || answer.lost;
    }
  } catch (const std::exception&) {
    broken_ = true;
  }
  in_transaction_ = false;
}

void Connection::run_script(const std::string& script, base::Deadline deadline) {
  const Context context{endpoint_, script};
  ENSURE(sent_.empty(), "a script comes behind statements that are still under way");
  stopped_at_ = {};
  if (pending_begin_) {
    send_pending_begin(context);
    const Answer begun = await(context, deadline);
    if (begun.error || begun.lost) fail(begun, context);
  }
  ENSURE(PQexitPipelineMode(raw_) != 0, "no statement is under way, so the pipeline can be left");
  if (PQsendQuery(raw_, script.c_str()) == 0) lose(context);
  const Answer answer = await_results(context, deadline);
  if (answer.lost) fail(answer, context);
  // A script can hold a COMMIT of its own.
  in_transaction_ = PQtransactionStatus(raw_) != PQTRANS_IDLE;
  ENSURE(PQenterPipelineMode(raw_) != 0, "the script's answer has been read to its end");
  if (answer.error) fail(answer, context);
}

void Connection::cut() noexcept { ::shutdown(cut_descriptor_.get(), SHUT_RDWR); }

void Connection::send_pending_begin(const Context& context) {
  if (!pending_begin_) return;
  const Sql statement = *pending_begin_;
  pending_begin_.reset();
  send(statement, {}, context);
  sent_.back().begins = true;
}

void Connection::send(Sql sql, const ParameterList& parameters, const Context& context,
                      std::optional<std::size_t> number) {
  ENSURE(!broken_, "a connection that broke is destroyed, not used");
  const int count = static_cast<int>(parameters.types.size());
  auto& statement = statements_.find(sql.text(), parameters.types);
  bool sent = true;
  if (!statement.prepared && !statement.preparing) {
    sent = PQsendPrepare(raw_, statement.name.c_str(), sql.c_str(), count, parameters.types.data()) != 0;
    statement.preparing = true;
    sent_.push_back({.place = {sql.text(), number}, .prepared = &statement});
  }
  sent_.push_back({.place = {sql.text(), number}});
  // One format for all: 1 is binary. The list is as long as the parameters can be.
  static const std::vector<int> binary(65'535, 1);
  sent = sent && PQsendQueryPrepared(raw_, statement.name.c_str(), count, parameters.values.data(),
                                     parameters.lengths.data(), binary.data(), /*resultFormat=*/1) != 0;
  if (!sent) lose(context);
}

Answer Connection::await(const Context& context, base::Deadline deadline) {
  synchronize(context);
  Answer answer = collect(sent_, context, deadline);
  sent_.clear();
  return answer;
}

void Connection::synchronize(const Context& context) {
  if (PQpipelineSync(raw_) == 0) lose(context);
}

Answer Connection::collect(const std::vector<Sent>& sent, const Context& context, base::Deadline deadline) {
  Answer answer = await_results(with_pipelined(sent, context), deadline);
  stopped_at_ = answer.error && answer.succeeded < sent.size() ? sent[answer.succeeded].place : Place{};
  for (std::size_t i = 0; i < sent.size(); ++i) {
    const bool succeeded = i < answer.succeeded;
    if (sent[i].prepared != nullptr) {
      sent[i].prepared->prepared = succeeded;
      sent[i].prepared->preparing = false;
    }
    if (sent[i].begins && succeeded) in_transaction_ = true;
  }
  return answer;
}

bool Connection::await_notification(base::Deadline deadline) {
  const Context context{endpoint_, "(listening)"};
  for (;;) {
    bool has_come = false;
    while (auto* notification = PQnotifies(raw_)) {
      PQfreemem(notification);
      has_come = true;
    }
    if (has_come) return true;
    if (!wait_for_socket(PQsocket(raw_), POLLIN, deadline)) return false;
    if (PQconsumeInput(raw_) == 0 || PQstatus(raw_) == CONNECTION_BAD) lose(context);
  }
}

Answer Connection::await_results(const Context& context, base::Deadline deadline) {
  // The server may keep all answers back until it has done all that was pipelined.
  const auto patience = statement_timeout_ * (context.pipelined_before + 1) + grace;
  const auto silence = statement_timeout_ == 0ms ? base::Deadline::never() : base::Deadline::after(patience);
  Answer answer = await_answer(raw_, deadline.earlier_of(silence));
  if (!answer.timed_out) return answer;
  if (deadline.passed()) break_off(deadline_fault(context, /*connection_lost=*/true));
  break_off(silence_fault(context, patience.count()));
}

Context Connection::with_pipelined(const std::vector<Sent>& sent, const Context& context) {
  const auto is_pipelined = [&](const Sent& one) {
    return one.place.number && one.prepared == nullptr && &one != &sent.back();
  };
  Context with = context;
  with.pipelined_before = std::ranges::count_if(sent, is_pipelined);
  return with;
}

void Connection::fail(const Answer& answer, const Context& context) {
  Context at = context;
  if (!stopped_at_.statement.empty()) at.statement = stopped_at_.statement;
  at.number = stopped_at_.number;
  const Fault fault = fault_of(answer, at, PQerrorMessage(raw_));
  if (fault.connection_lost()) break_off(fault);
  transaction_failed_ = true;
  throw fault;
}

void Connection::lose(const Context& context) {
  break_off(fault_of({.lost = true}, context, PQerrorMessage(raw_)));
}

void Connection::break_off(const Fault& fault) {
  broken_ = true;
  transaction_failed_ = true;
  throw fault;
}

void Connection::notice(void* self, const PGresult* notice) {
  // A commit whose wait for the synchronous standby was cancelled is reported as done, with nothing but this
  // warning.
  if (error_field(notice, PG_DIAG_SQLSTATE) == "01000" &&
      error_field(notice, PG_DIAG_SOURCE_FUNCTION) == "SyncRepWaitForLSN")
    static_cast<Connection*>(self)->replication_cancelled_ = true;
}

}  // namespace waybill::postgres
