#pragma once

#include "endpoint.hpp"
#include "libpq.hpp"
#include "waybill/base/deadline.hpp"
#include "waybill/postgres/options.hpp"

namespace waybill::postgres {

struct Connected {
  UniqueConnection raw;
  Endpoint endpoint;
  base::SteadyTime began;
  base::Deadline limit;  ///< of connecting as a whole, so of what still has to be said too
};

/// Connects without blocking longer than the connect timeout and the deadline (name resolution is not
/// bounded). Throws a Fault that says what is wrong, where, and what to do.
Connected connect(const Options& options, base::Deadline deadline);

/// Where the URL leads, without connecting; a permanent Fault when it is malformed, which does not quote it:
/// it may hold a password.
Endpoint endpoint_of(const Options& options);

}  // namespace waybill::postgres
