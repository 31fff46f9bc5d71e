#include "exchange/request_check.hpp"

#include <algorithm>
#include <array>

#include "letter_case.hpp"

namespace waybill::outbound {
namespace {

constexpr bool is_letter_or_digit(char c) {
  return (lower(c) >= 'a' && lower(c) <= 'z') || (c >= '0' && c <= '9');
}

bool is_header_name(std::string_view text) {
  static constexpr std::string_view others = "!#$%&'*+-.^_`|~";
  return !text.empty() && std::ranges::all_of(text, [](char c) {
    return is_letter_or_digit(c) || others.find(c) != std::string_view::npos;
  });
}

// What frames a message or steers its connection: two opinions about it are how requests are smuggled.
bool is_the_clients_own(std::string_view name) {
  static constexpr std::array<std::string_view, 10> own{
      "Content-Length", "Transfer-Encoding", "Connection",         "Host", "Expect", "Upgrade", "TE",
      "Trailer",        "Keep-Alive",        "Proxy-Authorization"};
  return std::ranges::any_of(own, [&](std::string_view one) { return same_letters(one, name); });
}

std::string limit_text(std::size_t bytes, const std::string& limit, std::size_t allowed) {
  return "has " + std::to_string(bytes) + " bytes, and " + limit + " allows " + std::to_string(allowed);
}

}  // namespace

bool is_header_value(std::string_view text) {
  return std::ranges::all_of(text, [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte == '\t' || (byte >= 0x20 && byte != 0x7f);
  });
}

std::optional<std::string> problem_of(const Request& request, const MessageLimits& limits) {
  std::size_t head = request.url.size();
  for (const auto& header : request.headers) {
    if (!is_header_name(header.name)) return "a header's name is not one; it takes letters, digits and -";
    if (is_the_clients_own(header.name)) {
      return "the header " + header.name + " is set by the client itself; leave it out";
    }
    if (!is_header_value(header.value)) {
      return "the value of the header " + header.name + " holds a control character";
    }
    head += header.name.size() + header.value.size() + 4;
  }
  if (head > limits.request_head_bytes) {
    return "its head " + limit_text(head, "messages.request_head_bytes", limits.request_head_bytes);
  }
  if (request.body.size() > limits.request_body_bytes) {
    return "its body " +
           limit_text(request.body.size(), "messages.request_body_bytes", limits.request_body_bytes);
  }
  if (request.method == Method::head && !request.body.empty()) return "a HEAD request has no body";
  return std::nullopt;
}

}  // namespace waybill::outbound
