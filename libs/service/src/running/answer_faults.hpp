#pragma once

#include "waybill/http/router.hpp"

namespace waybill::service {

/// The same handler, whose faults of the database that are nobody's mistake become 503. One in doubt and one
/// that would come again are left to the server: they are the handler's own to resolve.
http::Handler answering_faults(http::Handler handler);
http::PlainHandler answering_faults(http::PlainHandler handler);

}  // namespace waybill::service
