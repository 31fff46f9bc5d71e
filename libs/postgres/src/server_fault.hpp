#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "endpoint.hpp"
#include "exchange.hpp"
#include "waybill/postgres/fault.hpp"

namespace waybill::postgres {

/// What was under way when something failed.
struct Context {
  const Endpoint& endpoint;
  std::string_view statement;
  bool commit_sent = false;
  std::ptrdiff_t pipelined_before = 0;     ///< statements whose answers are awaited with its own
  std::optional<std::size_t> number = {};  ///< of the transaction's statements
};

/// The fault of an answer that holds an error or was lost. `connection_error` is libpq's last word about the
/// connection.
Fault fault_of(const Answer& answer, const Context& context, std::string_view connection_error);

/// The transaction's own deadline came: before anything was sent, or while the answer was awaited, which
/// costs the connection.
Fault deadline_fault(const Context& context, bool connection_lost);

/// A commit whose wait for the synchronous standby was cancelled: it is on this server, and perhaps on no
/// other.
Fault replication_fault(const Context& context);

/// No answer although the server itself should have ended the statement by now.
Fault silence_fault(const Context& context, long long waited_ms);

/// Whether a prepared statement no longer fits the server's tables: a new connection prepares it afresh.
bool is_stale_statement(const Answer& answer);

}  // namespace waybill::postgres
