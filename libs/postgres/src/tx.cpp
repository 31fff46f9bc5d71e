#include "waybill/postgres/tx.hpp"

#include "connection.hpp"

namespace waybill::postgres {

template <class F>
auto Tx::keep_fault(F function) {
  // The server refuses everything after a fault, with words that hide the first one.
  if (first_fault_) throw *first_fault_;
  try {
    return function();
  } catch (const Fault& fault) {
    first_fault_ = fault;
    throw;
  }
}

Result Tx::run(Sql sql, const ParameterList& parameters) {
  announce_wait();
  return keep_fault([&] {
    ++statements_;
    return connection_.run(sql, parameters, deadline_);
  });
}

void Tx::add(Sql sql, const ParameterList& parameters) {
  if (connection_.is_full()) announce_wait();
  keep_fault([&] {
    ++statements_;
    connection_.pipeline(sql, parameters, deadline_);
  });
}

bool Tx::has_unanswered() const { return connection_.has_unanswered(); }

void Tx::announce_wait() {
  if (!before_waiting_ || !has_unanswered()) return;
  auto function = std::exchange(before_waiting_, nullptr);
  function();
  before_waiting_ = std::move(function);
}

void Tx::settle() {
  announce_wait();
  keep_fault([&] { connection_.settle(deadline_); });
}

}  // namespace waybill::postgres
