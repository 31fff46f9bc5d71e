#pragma once

#include <chrono>
#include <string_view>

#include "endpoint.hpp"
#include "waybill/postgres/fault.hpp"

namespace waybill::postgres {

/// Makes libpq's words for a connection that did not come about (at verbosity PQERRORS_VERBOSE, where the
/// SQLSTATE stands) into a fault that says what is wrong, where, and what to do. Pure.
Fault connect_fault(const Endpoint& endpoint, std::string_view libpq_message);

/// No connection within the time there was.
Fault connect_timeout_fault(const Endpoint& endpoint, std::chrono::nanoseconds waited);

}  // namespace waybill::postgres
