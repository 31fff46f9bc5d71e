#include "waybill/amqp/endpoint.hpp"

#include <charconv>
#include <optional>
#include <stdexcept>

namespace waybill::amqp {
namespace {

constexpr std::string_view accepted_form = "amqp://user:password@host:port/virtual-host (amqps:// with TLS)";

// Everything between the scheme and the last '@' may hold a secret, so none of it is shown.
std::string without_secret(std::string_view url) {
  const auto at = url.rfind('@');
  if (at == std::string_view::npos) return std::string{url};
  const auto scheme = url.find("://");
  const auto shown = scheme == std::string_view::npos || scheme > at ? std::size_t{0} : scheme + 3;
  return std::string{url.substr(0, shown)} + "***" + std::string{url.substr(at)};
}

MalformedUrl malformed(std::string_view url, std::string_view problem) {
  return {"malformed broker URL '" + without_secret(url) + "': " + std::string{problem} + "; the form is " +
          std::string{accepted_form}};
}

std::optional<int> hex_value(char digit) {
  if (digit >= '0' && digit <= '9') return digit - '0';
  if (digit >= 'a' && digit <= 'f') return digit - 'a' + 10;
  if (digit >= 'A' && digit <= 'F') return digit - 'A' + 10;
  return std::nullopt;
}

std::optional<std::string> percent_decoded(std::string_view text) {
  std::string decoded;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      decoded += text[i];
      continue;
    }
    if (i + 2 >= text.size()) return std::nullopt;
    const auto high = hex_value(text[i + 1]);
    const auto low = hex_value(text[i + 2]);
    if (!high || !low) return std::nullopt;
    decoded += static_cast<char>(*high * 16 + *low);
    i += 2;
  }
  return decoded;
}

bool read_port(std::string_view text, std::uint16_t& port) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  return error == std::errc{} && end == text.data() + text.size() && port != 0;
}

// Each reads its part of the URL into the endpoint and says what is wrong, or nothing.
std::string_view read_login(std::string_view login, Endpoint& endpoint) {
  const auto colon = login.find(':');
  const auto user = percent_decoded(login.substr(0, colon));
  if (!user) return "the user has a '%' that is not followed by two hexadecimal digits";
  if (user->empty()) return "the user is empty";
  endpoint.user = *user;
  if (colon == std::string_view::npos) return {};
  const auto password = percent_decoded(login.substr(colon + 1));
  if (!password) return "the password has a '%' that is not followed by two hexadecimal digits";
  endpoint.password = *password;
  return {};
}

std::string_view read_address(std::string_view address, Endpoint& endpoint) {
  auto port = std::string_view{};
  auto host = address;
  const bool bracketed = !address.empty() && address.front() == '[';
  const auto closing = bracketed ? address.find(']') : std::size_t{0};
  if (closing == std::string_view::npos) return "the host has a '[' without its ']'";
  if (const auto colon = address.find(':', closing); colon != std::string_view::npos) {
    host = address.substr(0, colon);
    port = address.substr(colon + 1);
    if (!read_port(port, endpoint.port)) return "the port is not a number from 1 to 65535";
  }
  if (bracketed) {
    if (host.size() != closing + 1) return "there is something between the ']' of the host and the port";
    host = host.substr(1, closing - 1);
  }
  const auto decoded = percent_decoded(host);
  if (!decoded) return "the host has a '%' that is not followed by two hexadecimal digits";
  if (decoded->empty()) return "the host is empty";
  endpoint.host = *decoded;
  return {};
}

std::string_view read_virtual_host(std::string_view path, Endpoint& endpoint) {
  if (path.empty()) return {};
  if (path.find('/') != std::string_view::npos) return "the virtual host has a '/'; write it as %2F";
  const auto decoded = percent_decoded(path);
  if (!decoded) return "the virtual host has a '%' that is not followed by two hexadecimal digits";
  endpoint.virtual_host = *decoded;
  return {};
}

}  // namespace

std::string Endpoint::address() const {
  const bool is_ipv6 = host.find(':') != std::string::npos;
  return (is_ipv6 ? "[" + host + "]" : host) + ":" + std::to_string(port);
}

void throw_exception_from_error(const MalformedUrl& malformed, const boost::source_location&) {
  throw std::invalid_argument(malformed.text);
}

boost::system::result<Endpoint, MalformedUrl> parse_url(std::string_view url) {
  constexpr std::string_view plain = "amqp://";
  constexpr std::string_view secured = "amqps://";
  Endpoint endpoint;
  endpoint.tls = url.starts_with(secured);
  if (endpoint.tls) endpoint.port = 5671;
  if (!endpoint.tls && !url.starts_with(plain)) {
    return malformed(url, "it does not start with amqp:// or amqps://");
  }
  auto rest = url.substr(endpoint.tls ? secured.size() : plain.size());
  if (rest.find_first_of("?#") != std::string_view::npos) {
    return malformed(
        url,
        "it has a query or a fragment; set such options in the configuration, and write a '?' or "
        "'#' of a password as %3F or %23");
  }
  // An unescaped '/' or '@' in a password is a common slip: the address begins after the last '@'.
  if (const auto at = rest.rfind('@'); at != std::string_view::npos) {
    const auto login = rest.substr(0, at);
    if (login.find_first_of("/@") != std::string_view::npos) {
      return malformed(url, "the user or password has a '/' or '@'; write them as %2F and %40");
    }
    if (const auto problem = read_login(login, endpoint); !problem.empty()) return malformed(url, problem);
    rest.remove_prefix(at + 1);
  }
  const auto slash = rest.find('/');
  if (const auto problem = read_address(rest.substr(0, slash), endpoint); !problem.empty()) {
    return malformed(url, problem);
  }
  if (slash == std::string_view::npos) return endpoint;
  if (const auto problem = read_virtual_host(rest.substr(slash + 1), endpoint); !problem.empty()) {
    return malformed(url, problem);
  }
  return endpoint;
}

}  // namespace waybill::amqp
