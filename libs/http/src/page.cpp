#include "waybill/http/page.hpp"

#include <algorithm>

#include "base64url.hpp"
#include "cursor.hpp"
#include "percent.hpp"

namespace waybill::http {
namespace {

/// FNV-1a, which is enough to notice a mistake. The length goes before each text, so that no two lists of
/// texts read alike.
class Fingerprint {
 public:
  void add(std::string_view text) {
    add_byte_by_byte(std::to_string(text.size()));
    add_byte_by_byte(":");
    add_byte_by_byte(text);
  }
  std::uint64_t value() const { return value_; }

 private:
  void add_byte_by_byte(std::string_view text) {
    for (const char byte : text) value_ = (value_ ^ static_cast<std::uint8_t>(byte)) * 0x100000001B3;
  }
  std::uint64_t value_ = 0xCBF29CE484222325;
};

std::uint64_t fingerprint_of(std::string_view name, const Query& query) {
  std::vector<std::pair<std::string_view, std::string_view>> filters;
  for (const auto& parameter : query.parameters()) {
    if (parameter.name == "limit" || parameter.name == "cursor") continue;
    filters.emplace_back(parameter.name, parameter.value);
  }
  std::ranges::sort(filters);
  Fingerprint print;
  print.add(name);
  for (const auto& [filter, value] : filters) {
    print.add(filter);
    print.add(value);
  }
  return print.value();
}

// A client may send what no URL should contain, and '>' would end the link.
void append_for_link(std::string& link, std::string_view part) {
  for (const char c : part) {
    const bool is_plain =
        c > ' ' && c < '\x7F' && std::string_view("<>\"\\^`{|}").find(c) == std::string_view::npos;
    if (is_plain) {
      link.push_back(c);
    } else {
      link.append(percent_encoded({&c, 1}));
    }
  }
}

std::string target_with_cursor(const Request& request, std::string_view cursor) {
  std::string target;
  append_for_link(target, request.path());
  char separator = '?';
  auto rest = request.query();
  while (!rest.empty()) {
    const auto piece = rest.substr(0, rest.find('&'));
    rest.remove_prefix(std::min(piece.size() + 1, rest.size()));
    if (percent_decoded(piece.substr(0, piece.find('=')), true) == "cursor") continue;
    target.push_back(std::exchange(separator, '&'));
    append_for_link(target, piece);
  }
  target.push_back(separator);
  return target.append("cursor=").append(cursor);
}

}  // namespace

Listing::Listing(std::string_view name, const Query& query) : fingerprint_(fingerprint_of(name, query)) {}

std::string Listing::cursor(const CursorValues& last) const {
  return base64url_of(cursor_bytes(fingerprint_, last));
}

std::optional<CursorValues> Listing::read(std::string_view cursor) const {
  const auto bytes = bytes_of_base64url(cursor);
  return bytes ? values_in_cursor(*bytes, fingerprint_) : std::nullopt;
}

Response page_response(const Request& request, std::span<const std::string> items,
                       const std::optional<std::string>& next_cursor) {
  std::string body = R"({"items":[)";
  for (std::size_t i = 0; i < items.size(); ++i) {
    if (i > 0) body.push_back(',');
    body.append(items[i]);
  }
  body.append(R"(],"next_cursor":)");
  // A cursor has no character that JSON would escape.
  body.append(next_cursor ? "\"" + *next_cursor + "\"" : "null").append("}");
  auto response = json_response(200, std::move(body));
  if (!next_cursor) return response;
  return std::move(response).with("Link",
                                  "<" + target_with_cursor(request, *next_cursor) + ">; rel=\"next\"");
}

}  // namespace waybill::http
