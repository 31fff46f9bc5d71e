#include "waybill/postgres/session.hpp"

#include "attempt.hpp"
#include "connection.hpp"
#include "waybill/base/ensure.hpp"

namespace waybill::postgres {

Session::Session(const Options& options, base::Deadline deadline)
    : connection_(std::make_unique<Connection>(options, deadline)) {}

Session::~Session() = default;

void Session::run(TxFunction function, base::Deadline deadline, Isolation isolation) {
  ENSURE(!InsideTransaction::here(),
         "a transaction of a session was begun inside the function of another one, on the same thread. Pass "
         "the Tx on instead");
  throw_if_ended();
  run_after_commit(attempt(*connection_, function, deadline, isolation));
}

bool Session::await_notification(base::Deadline deadline) {
  throw_if_ended();
  return connection_->await_notification(deadline);
}

void Session::throw_if_ended() const {
  if (!connection_->broken()) return;
  throw Fault(FaultKind::unavailable,
              "the session has ended, with all the server held for it: begin another");
}

bool Session::is_broken() const { return connection_->broken(); }

void Session::cut() noexcept { connection_->cut(); }

}  // namespace waybill::postgres
