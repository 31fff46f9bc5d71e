#include "waybill/runtime/url.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include "visible_text.hpp"
#include "waybill/runtime/setting.hpp"

namespace waybill::runtime {
namespace {

using Parsed = std::optional<Unfit>;

/// Where the parts of a URL lie in its text. It is cut once, for reading and for masking.
struct Cut {
  std::string_view scheme;
  std::string_view user_info;
  bool has_user_info = false;
  std::string_view hosts;
  std::string_view path;
  std::string_view query;
};

int value_of(char digit) {
  if (digit >= '0' && digit <= '9') return digit - '0';
  if (digit >= 'a' && digit <= 'f') return digit - 'a' + 10;
  if (digit >= 'A' && digit <= 'F') return digit - 'A' + 10;
  return -1;
}

bool is_of_scheme(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '+' || c == '-' || c == '.';
}

/// The text up to `separator`, which is taken off with it; all of it when there is none.
std::string_view take_until(std::string_view& text, char separator) {
  const auto at = text.find(separator);
  const auto head = text.substr(0, at);
  text = at == std::string_view::npos ? std::string_view() : text.substr(at + 1);
  return head;
}

boost::system::result<Cut, Unfit> cut(std::string_view text) {
  if (!is_visible(text)) return Unfit::that("contains a space or a control character");
  Cut parts;
  const auto scheme_end = text.find("://");
  if (scheme_end == std::string_view::npos || scheme_end == 0) return Unfit::that("has no scheme://");
  parts.scheme = text.substr(0, scheme_end);
  if (!std::ranges::all_of(parts.scheme, is_of_scheme)) return Unfit::that("has a malformed scheme");

  const auto rest = text.substr(scheme_end + 3);
  const auto authority = rest.substr(0, rest.find_first_of("/?#"));
  auto after = rest.substr(authority.size());
  // Such a URL may have been meant another way, and then what looks like a path is a part of the password.
  if (after.find('@') != std::string_view::npos) {
    return Unfit::that(
        "has an @ behind its host: in a password / must be written %2F, ? %3F, # %23, and @ everywhere %40");
  }
  if (after.find('#') != std::string_view::npos)
    return Unfit::that("has a #fragment, which means nothing here");
  const auto at = authority.find('@');
  if (at != authority.rfind('@'))
    return Unfit::that("has more than one @: in the user or password it must be written %40");
  parts.has_user_info = at != std::string_view::npos;
  if (parts.has_user_info) parts.user_info = authority.substr(0, at);
  parts.hosts = parts.has_user_info ? authority.substr(at + 1) : authority;
  parts.path = take_until(after, '?');
  parts.query = after;
  return parts;
}

Parsed read_user_info(std::string_view text, Url& url) {
  const bool has_password = text.find(':') != std::string_view::npos;
  const auto user = percent_decoded(take_until(text, ':'));
  const auto password = percent_decoded(text);
  if (!user || !password) return Unfit::that("has a malformed %-escape in its user or password");
  url.user = *user;
  if (has_password) url.password = *password;
  return std::nullopt;
}

Parsed read_host(std::string_view text, Url& url) {
  Url::Host host;
  std::string_view port;
  const bool bracketed = text.starts_with('[');
  const auto name_end = bracketed ? text.find(']') : text.find(':');
  if (bracketed && name_end == std::string_view::npos)
    return Unfit::that("has an IPv6 address whose bracket is not closed");
  const auto name = bracketed ? text.substr(1, name_end - 1) : text.substr(0, name_end);
  const auto rest =
      name_end == std::string_view::npos ? std::string_view() : text.substr(name_end + (bracketed ? 1 : 0));
  if (!rest.empty() && !rest.starts_with(':'))
    return Unfit::that("has something between its host and its port");

  const auto decoded = percent_decoded(name);
  if (!decoded) return Unfit::that("has a malformed %-escape in its host");
  if (decoded->empty()) return Unfit::that("has no host");
  host.name = *decoded;
  if (!rest.empty()) {
    port = rest.substr(1);
    std::uint16_t number = 0;
    const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), number);
    if (error != std::errc() || end != port.data() + port.size() || number == 0) {
      return Unfit::that("has a port that is not a number from 1 to 65535");
    }
    host.port = number;
  }
  url.hosts.push_back(std::move(host));
  return std::nullopt;
}

Parsed read_query(std::string_view text, Url& url) {
  while (!text.empty()) {
    auto value = take_until(text, '&');
    auto name = percent_decoded(take_until(value, '='));
    auto decoded = percent_decoded(value);
    if (!name || !decoded) return Unfit::that("has a malformed %-escape in its query");
    url.query.emplace_back(*std::move(name), *std::move(decoded));
  }
  return std::nullopt;
}

bool names_a_secret(std::string_view parameter) {
  std::string name;
  for (const char c : percent_decoded(parameter).value_or("password")) {
    name += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  }
  constexpr std::array words{"pass", "secret", "token", "pwd", "apikey", "api_key", "signature"};
  return std::ranges::any_of(words,
                             [&name](const char* word) { return name.find(word) != std::string::npos; });
}

std::string masked_query(std::string_view query) {
  std::string shown;
  for (char separator = '?'; !query.empty(); separator = '&') {
    auto value = take_until(query, '&');
    const auto name = take_until(value, '=');
    shown += separator;
    shown += name;
    if (!value.empty()) shown.append("=").append(names_a_secret(name) ? mask : value);
  }
  return shown;
}

}  // namespace

boost::system::result<Url, Unfit> Url::parse(std::string_view text) {
  const auto parts = cut(text);
  if (!parts) return parts.error();
  Url url;
  url.text = text;
  url.scheme = parts->scheme;
  url.path = parts->path;
  if (parts->has_user_info) {
    if (auto unfit = read_user_info(parts->user_info, url)) return *std::move(unfit);
  }
  auto hosts = parts->hosts;
  do {
    if (auto unfit = read_host(take_until(hosts, ','), url)) return *std::move(unfit);
  } while (!hosts.empty());
  if (auto unfit = read_query(parts->query, url)) return *std::move(unfit);
  return url;
}

std::string Url::masked() const {
  const auto parts = cut(text);
  // A Url that nobody parsed has nothing to show, and must not show what cannot be told apart.
  if (!parts) return std::string(mask);
  std::string shown(parts->scheme);
  shown += "://";
  if (parts->has_user_info) {
    auto secret = parts->user_info;
    shown += take_until(secret, ':');
    if (!secret.empty()) shown.append(":").append(mask);
    shown += "@";
  }
  return shown.append(parts->hosts).append(parts->path).append(masked_query(parts->query));
}

std::optional<std::string> percent_decoded(std::string_view text) {
  std::string decoded;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] != '%') {
      decoded += text[at];
      continue;
    }
    if (at + 2 >= text.size()) return std::nullopt;
    const int high = value_of(text[at + 1]);
    const int low = value_of(text[at + 2]);
    if (high < 0 || low < 0) return std::nullopt;
    decoded += static_cast<char>(high << 4 | low);
    at += 2;
  }
  return decoded;
}

}  // namespace waybill::runtime
