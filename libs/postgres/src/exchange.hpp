#pragma once

#include <cstddef>
#include <optional>

#include "libpq.hpp"
#include "waybill/base/deadline.hpp"
#include "waybill/postgres/result.hpp"

namespace waybill::postgres {

/// What came back for what was sent.
struct Answer {
  std::optional<Result> last = {};   ///< the last statement's result that was no error
  std::optional<Result> error = {};  ///< the first error; the server skips what was sent behind it
  std::size_t succeeded = 0;         ///< how many results came before an error
  bool lost = false;                 ///< the connection is gone
  bool timed_out = false;            ///< the limit came first; the connection can't be used any more
};

/// Collects the answer to all that was sent up to PQpipelineSync() (in pipeline mode), or to one
/// PQsendQuery() (in none). Also sends what did not fit into the socket. This bounds every wait for the
/// server: it polls with the limit, so that a silent server holds nobody, and needs no thread to watch over
/// it.
Answer await_answer(PGconn* raw, base::Deadline limit);

/// Whether the other side has hung up already; does not wait.
bool has_hung_up(PGconn* raw);

}  // namespace waybill::postgres
