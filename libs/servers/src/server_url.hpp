#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace waybill::servers {

/// scheme://user:password@host:port of a server; the rest of the text it was read from is dropped.
struct ServerUrl {
  std::string scheme;
  std::string user;
  std::string password;
  std::string host;
  std::uint16_t port = 0;

  /// Throws std::runtime_error that names the variable, or whatever the text came from, and not the password.
  static ServerUrl parse(const std::string& text, const std::string& origin);

  std::string with_path(std::string_view path) const;  ///< without its slash; it is percent-encoded here
};

std::string percent_encoded(std::string_view text);

}  // namespace waybill::servers
