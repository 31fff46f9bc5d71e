#pragma once

#include <string>

#include "server_url.hpp"

namespace waybill::servers {

struct HttpAnswer {
  int status = 0;
  std::string body;
};

/// One request, one connection. HTTP/1.0, because an answer to that is never chunked and ends with its
/// connection. Throws std::runtime_error when there is no whole answer within half a minute.
HttpAnswer http_request(const ServerUrl& server, const std::string& method, const std::string& target,
                        const std::string& json);

}  // namespace waybill::servers
