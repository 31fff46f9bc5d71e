#include "bare_session.hpp"

#include <libpq-fe.h>
#include <poll.h>

#include <stdexcept>

namespace waybill::servers {
namespace {

struct Clear {
  void operator()(PGresult* result) const noexcept { PQclear(result); }
};
using Result = std::unique_ptr<PGresult, Clear>;

void append_rows(const PGresult* result, std::string& into) {
  for (int row = 0; row < PQntuples(result); ++row) {
    for (int column = 0; column < PQnfields(result); ++column) {
      if (column > 0) into += '|';
      into.append(PQgetvalue(result, row, column),
                  static_cast<std::size_t>(PQgetlength(result, row, column)));
    }
    into += '\n';
  }
}

/// A session that nobody uses has nothing to say but that it ends.
bool says_something(PGconn* connection) {
  pollfd socket{PQsocket(connection), POLLIN, 0};
  return ::poll(&socket, 1, 0) != 0;
}

}  // namespace

void BareSession::Finish::operator()(pg_conn* connection) const noexcept { PQfinish(connection); }

BareSession::BareSession(const std::string& url) : connection_(PQconnectdb(url.c_str())) {
  if (PQstatus(connection_.get()) != CONNECTION_OK)
    throw std::runtime_error(std::string(PQerrorMessage(connection_.get())) +
                             "Is the server up? `scripts/stack status` tells.");
  PQsetNoticeReceiver(
      connection_.get(), [](void*, const PGresult*) {}, nullptr);
}

std::string BareSession::run(const std::string& statements) {
  std::string rows;
  std::string problem;
  if (PQsendQuery(connection_.get(), statements.c_str()) == 0) problem = PQerrorMessage(connection_.get());
  while (const Result result{PQgetResult(connection_.get())}) {
    const auto status = PQresultStatus(result.get());
    if (status == PGRES_TUPLES_OK) {
      append_rows(result.get(), rows);
    } else if (status != PGRES_COMMAND_OK && status != PGRES_EMPTY_QUERY) {
      problem = PQresultErrorMessage(result.get());
      if (problem.empty()) problem = std::string("cannot take a result of ") + PQresStatus(status);
      break;
    }
  }
  if (!problem.empty()) throw std::runtime_error("in \"" + statements + "\": " + problem);
  return rows;
}

bool BareSession::reset() {
  if (PQtransactionStatus(connection_.get()) != PQTRANS_IDLE || says_something(connection_.get()))
    return false;
  const Result result{PQexec(connection_.get(), "DISCARD ALL")};
  return PQresultStatus(result.get()) == PGRES_COMMAND_OK;
}

}  // namespace waybill::servers
