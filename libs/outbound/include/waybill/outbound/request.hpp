#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "waybill/outbound/header.hpp"

namespace waybill::outbound {

enum class Method { get, head, options, put, delete_, post, patch };

/// "GET", "DELETE" …
std::string_view to_string(Method method);

/// What is asked of a server.
struct Request {
  Method method = Method::get;
  /// http:// or https://, with a host. A user and password in it are sent as Basic authorization.
  std::string url = {};
  /// Content-Length, Transfer-Encoding, Connection, Host and the like are the client's own and refused here.
  Headers headers = {};
  std::string body = {};
  /// Whether sending it twice has the effect of sending it once, though its method does not say so. An
  /// Idempotency-Key header says so too.
  bool idempotent = false;
  /// Redirects to follow at most. One that is not followed is the response.
  std::uint32_t redirects = 0;
};

/// By its method (GET, HEAD, OPTIONS, PUT, DELETE), its mark, or its Idempotency-Key.
bool is_idempotent(const Request& request);

}  // namespace waybill::outbound
