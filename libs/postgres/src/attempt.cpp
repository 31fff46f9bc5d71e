#include "attempt.hpp"

#include <exception>

#include "connection.hpp"
#include "waybill/base/ensure.hpp"

namespace waybill::postgres {
namespace {

thread_local bool inside_transaction = false;

Sql begin_statement(Isolation isolation) {
  switch (isolation) {
    case Isolation::read_committed:
      return "BEGIN ISOLATION LEVEL READ COMMITTED, READ WRITE";
    case Isolation::repeatable_read:
      return "BEGIN ISOLATION LEVEL REPEATABLE READ, READ WRITE";
    case Isolation::serializable:
      return "BEGIN ISOLATION LEVEL SERIALIZABLE, READ WRITE";
    case Isolation::read_only_snapshot:
      return "BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY";
  }
  ENSURE(false, "an isolation level that does not exist");
}

bool decides_alone(const Fault& fault) {
  return fault.kind() == FaultKind::serialization || fault.connection_lost();
}

void call(TxFunction function, Tx& tx) {
  const InsideTransaction inside;
  try {
    function(tx);
  } catch (...) {
    if (tx.first_fault() && decides_alone(*tx.first_fault())) throw *tx.first_fault();
    throw;
  }
  // The function went on as if nothing had happened, but the server has given the transaction up.
  if (tx.first_fault()) throw *tx.first_fault();
}

}  // namespace

InsideTransaction::InsideTransaction() { inside_transaction = true; }
InsideTransaction::~InsideTransaction() { inside_transaction = false; }
bool InsideTransaction::here() noexcept { return inside_transaction; }

std::vector<std::function<void()>> attempt(Connection& connection, TxFunction function,
                                           base::Deadline deadline, Isolation isolation) {
  connection.begin(begin_statement(isolation));
  try {
    Tx tx(connection, deadline);
    call(function, tx);
    connection.commit(deadline);
    return tx.take_on_commit();
  } catch (...) {
    connection.rollback();
    throw;
  }
}

void run_after_commit(const std::vector<std::function<void()>>& functions) {
  for (const auto& function : functions) {
    try {
      function();
    } catch (...) {
      ENSURE(false, "a function given to on_commit() threw, when the transaction was committed already");
    }
  }
}

}  // namespace waybill::postgres
