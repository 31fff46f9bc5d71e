#include "waybill/http/server_options.hpp"

#include <boost/asio/ip/address.hpp>
#include <stdexcept>

namespace waybill::http {
namespace {

[[noreturn]] void refuse(const std::string& what) {
  throw std::invalid_argument("the HTTP server's " + what);
}

void check_limits(const ServerLimits& limits) {
  constexpr std::size_t least_header_bytes = 256;
  constexpr std::size_t most_header_bytes = 1024 * 1024;
  if (limits.header_bytes < least_header_bytes || limits.header_bytes > most_header_bytes) {
    refuse("header_bytes is not from 256 to 1 MiB");
  }
  if (limits.header_fields == 0) refuse("header_fields is zero: every request has one");
  if (limits.connections == 0) refuse("connections is zero: nobody could be served");
  if (limits.requests == 0) refuse("requests is zero: nobody could be served");
  const auto is_positive = [](std::chrono::milliseconds limit) { return limit.count() > 0; };
  if (!is_positive(limits.header_within)) refuse("header_within is not positive");
  if (!is_positive(limits.body_within)) refuse("body_within is not positive");
  if (!is_positive(limits.idle_within)) refuse("idle_within is not positive");
  if (!is_positive(limits.write_within)) refuse("write_within is not positive");
  if (!is_positive(limits.request_within)) refuse("request_within is not positive");
  if (!is_positive(limits.quiet_for)) refuse("quiet_for is not positive");
}

}  // namespace

void check(const ServerOptions& options) {
  boost::system::error_code error;
  boost::asio::ip::make_address(options.address, error);
  if (error) refuse("address '" + options.address + "' is not an IP address, as 127.0.0.1 or :: are");
  check_limits(options.limits);
  if (options.tls && (options.tls->certificate.empty() || options.tls->key.empty())) {
    refuse("TLS needs the file of a certificate and the file of its key");
  }
}

}  // namespace waybill::http
