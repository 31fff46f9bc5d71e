#include "waybill/http/api_keys.hpp"

namespace waybill::http {
namespace {

// What follows "Bearer" and its spaces; nothing of credentials of another kind, which are none of ours.
std::optional<std::string_view> bearer_token(std::string_view field) {
  constexpr std::string_view scheme = "Bearer";
  if (!is_same_name(field.substr(0, scheme.size()), scheme)) return std::nullopt;
  field.remove_prefix(scheme.size());
  const auto token = field.find_first_not_of(' ');
  if (token == 0) return std::nullopt;
  return token == std::string_view::npos ? std::string_view{} : field.substr(token);
}

}  // namespace

boost::system::result<std::optional<std::string_view>, Problem> presented_key(const Headers& headers) {
  std::optional<std::string_view> presented;
  for (std::size_t i = 0; i < headers.size(); ++i) {
    std::optional<std::string_view> key;
    if (is_same_name(headers.name(i), "Authorization")) key = bearer_token(headers.value(i));
    if (is_same_name(headers.name(i), "X-API-Key")) key = headers.value(i);
    if (!key) continue;
    if (presented) {
      return Problem{.status = 400,
                     .name = "key-ambiguous",
                     .title = "More than one key",
                     .detail =
                         "the request has more than one key; send one, as 'Authorization: Bearer …' or as "
                         "'X-API-Key: …'"};
    }
    presented = key;
  }
  return presented;
}

}  // namespace waybill::http
