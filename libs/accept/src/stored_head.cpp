#include "stored_head.hpp"

#include <algorithm>

#include "waybill/base/utf8.hpp"

namespace waybill::accept {
namespace {

constexpr std::string_view separator = ": ";

bool is_line(std::string_view text) {
  return text.find_first_of("\r\n") == std::string_view::npos && base::is_storable(text);
}

bool is_name(std::string_view text) {
  return !text.empty() && is_line(text) && text.find(':') == std::string_view::npos;
}

}  // namespace

std::optional<std::string> why_not_kept(const http::Response& answer, std::size_t most_bytes) {
  constexpr int first = 200;
  constexpr int last = 599;
  if (answer.status < first || answer.status > last) {
    return "its status is " + std::to_string(answer.status);
  }
  if (answer.events) return "it is a stream of events, which cannot be given again";
  if (answer.body.size() > most_bytes) {
    return "its body has " + std::to_string(answer.body.size()) + " bytes, and may have " +
           std::to_string(most_bytes);
  }
  const bool are_lines =
      is_line(answer.content_type) && std::ranges::all_of(answer.headers, [](const auto& field) {
        return is_name(field.first) && is_line(field.second);
      });
  if (!are_lines) return "a header field of it is no line of text";
  return std::nullopt;
}

std::string write_fields(const HeaderFields& fields) {
  std::string text;
  for (const auto& [name, value] : fields) text.append(name).append(separator).append(value).append(1, '\n');
  return text;
}

HeaderFields read_fields(std::string_view text) {
  HeaderFields fields;
  while (!text.empty()) {
    const auto line = text.substr(0, text.find('\n'));
    const auto middle = line.find(separator);
    if (middle != std::string_view::npos) {
      fields.emplace_back(line.substr(0, middle), line.substr(middle + separator.size()));
    }
    text.remove_prefix(std::min(text.size(), line.size() + 1));
  }
  return fields;
}

}  // namespace waybill::accept
