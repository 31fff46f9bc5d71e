#include "api/read_order.hpp"

#include <algorithm>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "waybill/http/json_body.hpp"

namespace shop::order {
namespace {

using waybill::http::JsonBody, waybill::http::JsonObject;

constexpr std::int64_t most_of_one = 10'000;

bool is_plain(char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

/// Letters, digits and some marks that go through URLs, logs and file names as they are.
bool is_name(std::string_view text) {
  return !text.empty() && text.size() <= 64 && is_plain(text.front()) &&
         std::ranges::all_of(text, [](char c) { return is_plain(c) || c == '.' || c == '_' || c == '-'; });
}

std::optional<std::string> name_of(std::string_view text) {
  if (!is_name(text)) return std::nullopt;
  return std::string(text);
}

/// What would make it a list, a comment, a name or a group in the header of a mail.
constexpr std::string_view marks_of_headers = ",;:<>()[]\"\\";

/// No more than what keeps a slip out: only the post can tell whether an address is one.
std::optional<std::string> email_of(std::string_view text) {
  const auto at = text.find('@');
  const bool has_parts = at != std::string_view::npos && at > 0 && at + 1 < text.size();
  const bool is_one = has_parts && text.size() <= 254 && text.find('@', at + 1) == std::string_view::npos;
  const bool is_plain_text = std::ranges::all_of(text, [](char c) { return c > ' ' && c < '\x7f'; });
  const bool has_marks = text.find_first_of(marks_of_headers) != std::string_view::npos;
  if (!is_one || !is_plain_text || has_marks) return std::nullopt;
  return std::string(text);
}

std::optional<std::string> phone_of(std::string_view text) {
  if (text.size() < 8 || text.size() > 16 || text[0] != '+' || text[1] == '0') return std::nullopt;
  if (!std::ranges::all_of(text.substr(1), [](char c) { return c >= '0' && c <= '9'; })) return std::nullopt;
  return std::string(text);
}

std::optional<std::string> token_of(std::string_view text) {
  const bool is_token = !text.empty() && text.size() <= 128 &&
                        std::ranges::all_of(text, [](char c) { return is_plain(c) || c == '_' || c == '-'; });
  if (!is_token) return std::nullopt;
  return std::string(text);
}

Contact read_contact(JsonObject& json) {
  Contact contact;
  contact.email =
      json.optional_parsed<std::string>("email", "an e-mail address such as 'ada@example.com'", email_of)
          .value_or("");
  contact.phone =
      json.optional_parsed<std::string>("phone", "a number such as '+4930123456'", phone_of).value_or("");
  contact.push_token =
      json.optional_parsed<std::string>("push_token", "1 to 128 letters, digits, '_' and '-'", token_of)
          .value_or("");
  return contact;
}

}  // namespace

boost::system::result<NewOrder, waybill::http::Problem> read_order(const waybill::http::Request& request) {
  constexpr auto name = "1 to 64 letters, digits, '.', '_' and '-'";
  JsonBody body(request.body, {.secrets = {"payment_token"}});
  NewOrder order;
  order.customer_id = body.parsed<std::string>("customer_id", name, name_of);
  order.contact = body.optional_object<Contact>("contact", read_contact).value_or(Contact{});
  std::set<std::string> skus;
  order.lines = body.list<Line>("lines", {.min = 1, .max = 100}, [&](JsonObject& json) {
    Line line{json.parsed<std::string>("sku", name, name_of), json.integer("quantity", 1, most_of_one)};
    if (!line.sku.empty() && !skus.insert(line.sku).second) {
      json.refuse("sku", "is there twice; give one line the sum of both");
    }
    return line;
  });
  order.payment_token =
      body.parsed<std::string>("payment_token", "1 to 128 letters, digits, '_' and '-'", token_of);
  if (auto problem = body.problem()) return *std::move(problem);
  return order;
}

}  // namespace shop::order
