#pragma once

#include "connection.hpp"
#include "waybill/base/deadline.hpp"

namespace waybill::postgres {

/// Takes the lock that lets one session of a database migrate; it goes with the session. Throws
/// MigrationError, naming who holds it, at the deadline.
void lock_migrations(Connection& connection, base::Deadline deadline);

}  // namespace waybill::postgres
