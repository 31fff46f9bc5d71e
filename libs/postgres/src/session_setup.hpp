#pragma once

#include "waybill/base/deadline.hpp"
#include "waybill/postgres/options.hpp"

namespace waybill::postgres {

class Connection;

/// Sets what every session has: timeouts, UTC, and that the server ends a statement whose client has gone.
/// Throws a Fault when the server would forget commits in a crash and the options do not allow that.
void set_up_session(Connection& connection, const Options& options, base::Deadline deadline);

}  // namespace waybill::postgres
