#include "exchange/redirect.hpp"

#include <algorithm>
#include <array>

#include "letter_case.hpp"

namespace waybill::outbound {
namespace {

bool is_redirect(int status) {
  return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

bool becomes_get(int status, Method method) {
  if (status == 303) return method != Method::head;
  return (status == 301 || status == 302) && method == Method::post;
}

bool is_of_the_body(const Header& header) {
  static constexpr std::string_view prefix = "Content-";
  return same_letters(std::string_view(header.name).substr(0, prefix.size()), prefix);
}

bool may_go_elsewhere(const Header& header) {
  static constexpr std::array<std::string_view, 4> plain{"Accept", "Accept-Language", "Content-Type",
                                                         "Content-Language"};
  return std::ranges::any_of(plain, [&](std::string_view one) { return same_letters(one, header.name); });
}

}  // namespace

std::optional<Redirected> redirected(const Request& request, const Address& from, const Response& response) {
  const auto* location = find_header(response.headers, "Location");
  if (request.redirects == 0 || !is_redirect(response.status) || location == nullptr) return std::nullopt;
  auto to = from.follow(*location);
  if (!to || (from.scheme == "https" && to->scheme != "https")) return std::nullopt;

  Redirected next{request, *std::move(to)};
  next.request.url = next.to.url;
  --next.request.redirects;
  if (becomes_get(response.status, request.method)) {
    next.request.method = Method::get;
    next.request.body.clear();
    std::erase_if(next.request.headers, is_of_the_body);
  }
  if (next.to.origin() != from.origin()) {
    std::erase_if(next.request.headers, [](const Header& header) { return !may_go_elsewhere(header); });
  }
  return next;
}

}  // namespace waybill::outbound
