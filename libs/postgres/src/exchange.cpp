#include "exchange.hpp"

#include <poll.h>
#include <sys/socket.h>
#include <cerrno>

namespace waybill::postgres {
namespace {

enum class Wait { ready, lost, timed_out };

Wait wait_for_result(PGconn* raw, base::Deadline limit) {
  while (PQisBusy(raw) != 0) {
    if (PQstatus(raw) == CONNECTION_BAD) return Wait::lost;
    // A failed write is not the end yet: the server's last words may wait to be read.
    const bool unsent = PQflush(raw) > 0;
    const short events = static_cast<short>(unsent ? POLLIN | POLLOUT : POLLIN);
    if (!wait_for_socket(PQsocket(raw), events, limit)) return Wait::timed_out;
    if (PQconsumeInput(raw) == 0 && PQisBusy(raw) != 0) return Wait::lost;
  }
  return Wait::ready;
}

bool is_copy(ExecStatusType status) {
  return status == PGRES_COPY_IN || status == PGRES_COPY_OUT || status == PGRES_COPY_BOTH;
}

void keep(Answer& answer, PGresult* raw_result) {
  Result result{raw_result};
  switch (PQresultStatus(raw_result)) {
    case PGRES_COMMAND_OK:
    case PGRES_TUPLES_OK:
    case PGRES_EMPTY_QUERY:
      ++answer.succeeded;
      answer.last = std::move(result);
      return;
    case PGRES_PIPELINE_ABORTED:
      return;
    default:
      if (!answer.error) answer.error = std::move(result);
  }
}

}  // namespace

Answer await_answer(PGconn* raw, base::Deadline limit) {
  const bool pipelined = PQpipelineStatus(raw) != PQ_PIPELINE_OFF;
  Answer answer;
  int nulls = 0;
  for (;;) {
    const Wait wait = wait_for_result(raw, limit);
    answer.lost = wait == Wait::lost;
    answer.timed_out = wait == Wait::timed_out;
    if (wait != Wait::ready) return answer;

    PGresult* result = PQgetResult(raw);
    const ExecStatusType status = PQresultStatus(result);
    if (result != nullptr && status == PGRES_PIPELINE_SYNC) {
      PQclear(result);
      return answer;
    }
    if (result != nullptr) keep(answer, result);
    // Between the results of a pipeline stands a null; without a pipeline it is the end.
    if (result == nullptr && !pipelined) return answer;
    nulls = result == nullptr ? nulls + 1 : 0;
    // A COPY would wait for data that nobody sends: with it, as with two nulls in a row, there is no going
    // on.
    answer.lost = PQstatus(raw) == CONNECTION_BAD || is_copy(status) || nulls > 1;
    if (answer.lost) return answer;
  }
}

bool has_hung_up(PGconn* raw) {
  char byte = 0;
  const auto peeked = ::recv(PQsocket(raw), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
  if (peeked < 0) return errno != EAGAIN && errno != EINTR;
  if (peeked == 0) return true;
  // Something came unasked: a notice, or the server's last words. libpq reads them, and finds the end behind
  // them.
  if (PQconsumeInput(raw) == 0 || PQstatus(raw) == CONNECTION_BAD) return true;
  return ::recv(PQsocket(raw), &byte, 1, MSG_PEEK | MSG_DONTWAIT) == 0;
}

}  // namespace waybill::postgres
