#pragma once

#include <string>

#include "waybill/http/response.hpp"
#include "waybill/http/server_options.hpp"

namespace waybill::http {

// What a server answers of itself while it serves a connection. Each is made by a function, and not in the
// coroutines that send them: g++ 12 lays the frame of a coroutine out wrong that awaits a call with such a
// temporary among its arguments.

Response too_slow_response(std::string detail);
/// Says nothing of the fault.
Response internal_response();
Response overdue_response();
Response overload_response(const Overload& overload);

}  // namespace waybill::http
