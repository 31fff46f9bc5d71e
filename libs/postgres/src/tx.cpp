#include "waybill/postgres/tx.hpp"

#include "connection.hpp"

namespace waybill::postgres {

Result Tx::run(Sql sql, const ParameterList& parameters) {
  // The server refuses everything after a fault, with words that hide the first one.
  if (first_fault_) throw *first_fault_;
  try {
    return connection_.run(sql, parameters, deadline_);
  } catch (const Fault& fault) {
    first_fault_ = fault;
    throw;
  }
}

}  // namespace waybill::postgres
