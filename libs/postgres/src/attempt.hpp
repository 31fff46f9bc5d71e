#pragma once

#include <functional>
#include <vector>

#include "waybill/base/deadline.hpp"
#include "waybill/postgres/tx.hpp"

namespace waybill::postgres {

class Connection;

/// One transaction on one connection: begin, the function, commit or rollback. Returns what on_commit() asked
/// for. A fault that concerns the transaction as a whole (lost to another, connection broken) is thrown even
/// where the function made something else of it.
std::vector<std::function<void()>> attempt(Connection& connection, TxFunction function,
                                           base::Deadline deadline, Isolation isolation);

/// Runs what a commit was waited for with. ENSURE that nothing throws.
void run_after_commit(const std::vector<std::function<void()>>& functions);

/// Marks the thread as being inside a transaction's function, so that one inside another is found out.
class InsideTransaction {
 public:
  InsideTransaction();
  ~InsideTransaction();
  InsideTransaction(const InsideTransaction&) = delete;
  InsideTransaction& operator=(const InsideTransaction&) = delete;
  static bool here() noexcept;
};

}  // namespace waybill::postgres
