#pragma once

#include <chrono>
#include <cstddef>

#include "waybill/http/request.hpp"
#include "waybill/http/server_options.hpp"

namespace waybill::http {

/// What became of a request.
struct Access {
  int status = 0;
  std::size_t bytes = 0;  ///< of the answer's body
  std::chrono::nanoseconds took{};
};

/// One line of a request that was answered, or was to be; without query, body and fields, which may hold what
/// is nobody's business.
void log_access(AccessLog which, const Request& request, const Access& access);

}  // namespace waybill::http
