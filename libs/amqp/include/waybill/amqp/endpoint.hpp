#pragma once

#include <boost/system/result.hpp>
#include <cstdint>
#include <string>
#include <string_view>

namespace waybill::amqp {

/// Where a broker is, and as whom to log in.
struct Endpoint {
  std::string host = "localhost";
  std::uint16_t port = 5672;
  std::string user = "guest";
  std::string password = "guest";
  std::string virtual_host = "/";
  /// TLS, with the broker's certificate and name verified (amqps://).
  bool tls = false;

  /// host:port, for messages to people.
  std::string address() const;
  friend bool operator==(const Endpoint&, const Endpoint&) = default;
};

/// What is wrong with a URL. The text shows the URL without its password.
struct MalformedUrl {
  std::string text;
  friend bool operator==(const MalformedUrl&, const MalformedUrl&) = default;
};

[[noreturn]] void throw_exception_from_error(const MalformedUrl& malformed,
                                             const boost::source_location& where);

/// Reads amqp://user:password@host:port/virtual-host, or amqps:// for TLS, whose port is 5671. User, password
/// and virtual host are percent-decoded; a part that is left out has its default, and so has the virtual host
/// of a URL that ends in a bare "/".
boost::system::result<Endpoint, MalformedUrl> parse_url(std::string_view url);

}  // namespace waybill::amqp
