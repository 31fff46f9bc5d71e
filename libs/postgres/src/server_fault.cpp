#include "server_fault.hpp"

#include <charconv>

#include "statement_text.hpp"

namespace waybill::postgres {
namespace {

// Errors about a value (class 22) quote it, and a value may be anybody's secret.
std::string without_values(std::string_view sqlstate, std::string_view message) {
  if (sqlstate.starts_with("22")) message = message.substr(0, message.find(": \""));
  return std::string{message};
}

std::string on_one_line(std::string_view message) {
  std::string line;
  for (const char c : message) line += c == '\n' || c == '\t' ? ' ' : c;
  while (!line.empty() && line.back() == ' ') line.pop_back();
  return line;
}

// What was under way, as far as is known when no answer came.
std::string name_all(const Context& context) {
  std::string name = quote_statement(context.statement);
  if (context.pipelined_before > 0) {
    name += " (or one of " + std::to_string(context.pipelined_before) + " pipelined before it)";
  }
  return name;
}

std::string describe_doubt(const Context& context, const std::string& why) {
  return "whether the transaction was committed is unknown: COMMIT was sent to " +
         context.endpoint.to_string() + ", and its answer did not come (" + why +
         "). Find out by the transaction's own key before doing it again";
}

// Where in a statement of several lines the error is: ", at line 3". The server counts characters, not bytes.
std::string line_of(const Result& error, std::string_view statement) {
  const auto text = error_field(error.raw(), PG_DIAG_STATEMENT_POSITION);
  std::size_t characters = 0;
  std::from_chars(text.data(), text.data() + text.size(), characters);
  if (characters == 0 || statement.find('\n') == std::string_view::npos) return {};
  std::size_t line = 1;
  for (const char c : statement) {
    const bool continues = (static_cast<unsigned char>(c) & 0xC0) == 0x80;
    if (!continues && --characters == 0) break;
    if (c == '\n') ++line;
  }
  return ", at line " + std::to_string(line);
}

std::string describe_error(const Result& error, const Context& context) {
  const auto sqlstate = error_field(error.raw(), PG_DIAG_SQLSTATE);
  auto message = without_values(sqlstate, error_field(error.raw(), PG_DIAG_MESSAGE_PRIMARY));
  if (message.empty()) message = on_one_line(PQresultErrorMessage(error.raw()));
  std::string text = "PostgreSQL at " + context.endpoint.to_string() + " refused " +
                     quote_statement(context.statement) + line_of(error, context.statement) + ": " + message;
  if (!sqlstate.empty()) text += " (" + std::string{sqlstate} + ")";
  const auto hint = error_field(error.raw(), PG_DIAG_MESSAGE_HINT);
  return hint.empty() ? text : text + ". " + std::string{hint};
}

}  // namespace

Fault fault_of(const Answer& answer, const Context& context, std::string_view connection_error) {
  Fault::Origin origin{.connection_lost = answer.lost, .statement = context.number};
  if (answer.error) {
    origin.sqlstate = error_field(answer.error->raw(), PG_DIAG_SQLSTATE);
    origin.constraint = error_field(answer.error->raw(), PG_DIAG_CONSTRAINT_NAME);
    origin.table = error_field(answer.error->raw(), PG_DIAG_TABLE_NAME);
  }
  if (is_stale_statement(answer)) origin.connection_lost = true;
  const FaultKind kind = is_stale_statement(answer) ? FaultKind::transient
                                                    : classify({.sqlstate = origin.sqlstate,
                                                                .connection_lost = answer.lost,
                                                                .commit_sent = context.commit_sent});
  const bool server_spoke = answer.error && !origin.sqlstate.empty();
  std::string text;
  if (server_spoke) {
    text = describe_error(*answer.error, context);
  } else {
    text = "the connection to PostgreSQL at " + context.endpoint.to_string() + " broke during " +
           name_all(context) + ": " + on_one_line(connection_error);
  }
  if (kind == FaultKind::in_doubt) text = describe_doubt(context, text);
  return Fault(kind, text, std::move(origin));
}

Fault deadline_fault(const Context& context, bool connection_lost) {
  const Fault::Origin origin{.connection_lost = connection_lost};
  const std::string why = "the deadline came at " + name_all(context);
  if (context.commit_sent) return Fault(FaultKind::in_doubt, describe_doubt(context, why), origin);
  return Fault(FaultKind::transient,
               why + " on PostgreSQL at " + context.endpoint.to_string() +
                   ": nothing was committed. Give the transaction more time, or look in pg_stat_activity for "
                   "what holds it "
                   "up",
               origin);
}

Fault replication_fault(const Context& context) {
  return Fault(FaultKind::in_doubt,
               describe_doubt(
                   context, "the wait for the synchronous standby was cancelled; a failover may forget it"));
}

Fault silence_fault(const Context& context, long long waited_ms) {
  const Fault::Origin origin{.connection_lost = true};
  const std::string why = "no answer to " + name_all(context) + " for " + std::to_string(waited_ms) +
                          " ms, longer than statement_timeout";
  if (context.commit_sent) return Fault(FaultKind::in_doubt, describe_doubt(context, why), origin);
  return Fault(FaultKind::unavailable,
               "PostgreSQL at " + context.endpoint.to_string() + " is silent: " + why +
                   ". Check whether the server is frozen or the network is cut",
               origin);
}

bool is_stale_statement(const Answer& answer) {
  if (!answer.error) return false;
  const auto sqlstate = error_field(answer.error->raw(), PG_DIAG_SQLSTATE);
  // "cached plan must not change result type" has no SQLSTATE of its own, and its words are translated.
  return sqlstate == "26000" ||
         (sqlstate == "0A000" &&
          error_field(answer.error->raw(), PG_DIAG_SOURCE_FUNCTION) == "RevalidateCachedQuery");
}

}  // namespace waybill::postgres
