#pragma once

#include <cstdint>
#include <string>

#include "waybill/outbound/header.hpp"

namespace waybill::outbound {

/// What a server answered, whatever its status says.
struct Response {
  int status = 0;
  Headers headers = {};
  /// As it came: a Content-Encoding is never asked for and never undone.
  std::string body = {};
  /// False when nothing but the end of the connection told where the body ends, so that a part may be
  /// missing.
  bool is_whole = true;
  /// How many redirects led to it.
  std::uint32_t redirects = 0;

  /// Whether an earlier attempt of the same request was sent too: then a 404 to a DELETE, or a 409, may tell
  /// of what that one did.
  bool is_repeat = false;

  bool is_success() const { return status >= 200 && status < 300; }
};

}  // namespace waybill::outbound
