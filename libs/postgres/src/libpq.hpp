#pragma once

#include <libpq-fe.h>

#include <memory>
#include <string_view>

#include "waybill/base/deadline.hpp"

namespace waybill::postgres {

struct FinishConnection {
  void operator()(PGconn* connection) const noexcept { PQfinish(connection); }
};
using UniqueConnection = std::unique_ptr<PGconn, FinishConnection>;

/// Waits until the socket can do one of the events (POLLIN, POLLOUT); false at the deadline.
bool wait_for_socket(int socket, short events, base::Deadline deadline);

/// A field of an error: PG_DIAG_SQLSTATE and the like; empty when it is not there.
std::string_view error_field(const PGresult* result, int field);

}  // namespace waybill::postgres
