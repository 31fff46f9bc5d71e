#include "waybill/runtime/host_port.hpp"

#include <algorithm>
#include <charconv>

#include "visible_text.hpp"

namespace waybill::runtime {
namespace {

constexpr std::string_view bad_port = "has a port that is not a number from 1 to 65535";

}  // namespace

boost::system::result<HostPort, Unfit> HostPort::parse(std::string_view text) {
  if (!is_visible(text)) return Unfit::that("contains a space or a control character");
  const auto colon = text.rfind(':');
  if (colon == std::string_view::npos || text.ends_with(']')) return Unfit::that("has no port");
  std::string_view host = text.substr(0, colon);
  if (host.starts_with('[') && host.ends_with(']') && host.size() > 2) {
    host = host.substr(1, host.size() - 2);
    if (host.find(':') == std::string_view::npos) return Unfit::that("has no IPv6 address in its brackets");
  } else if (host.find_first_of(":[]") != std::string_view::npos) {
    return Unfit::that("has an IPv6 address without brackets around it");
  }
  if (host.empty()) return Unfit::that("has no host");
  if (host.find_first_of("/@?#") != std::string_view::npos)
    return Unfit::that("is more than a host and a port");

  const std::string_view digits = text.substr(colon + 1);
  std::uint16_t port = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
  if (error != std::errc() || end != digits.data() + digits.size() || port == 0)
    return Unfit::that(std::string(bad_port));
  return HostPort{std::string(host), port};
}

std::string HostPort::to_string() const {
  const bool is_v6 = host.find(':') != std::string::npos;
  return (is_v6 ? "[" + host + "]" : host) + ":" + std::to_string(port);
}

}  // namespace waybill::runtime
