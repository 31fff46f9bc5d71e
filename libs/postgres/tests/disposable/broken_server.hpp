#pragma once

#include <string>

#include "../faults/effects.hpp"
#include "waybill/servers/disposable_postgres.hpp"

namespace waybill::postgres::testing {

/// The way to a server of a test's own.
inline Options options_for(const servers::DisposablePostgres& server, std::size_t connections = 4) {
  Options options;
  options.url = server.url();
  options.application_name = "waybill-test";
  options.connections = connections;
  return options;
}

/// The text of one value that a statement returns.
inline std::string value(Pool& pool, Sql sql) {
  return pool.transact([&](Tx& tx) { return tx.query_one<std::string>(sql); }, soon());
}

/// Why the server cannot be used; empty when it can.
inline std::optional<Fault> ping_fault(Pool& pool, base::Deadline deadline = soon()) {
  try {
    pool.ping(deadline);
  } catch (const Fault& fault) {
    return fault;
  }
  return std::nullopt;
}

}  // namespace waybill::postgres::testing
