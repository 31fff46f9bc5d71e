#include "idempotency_key.hpp"

#include <algorithm>
#include <optional>
#include <string_view>

namespace waybill::accept {
namespace {

constexpr std::string_view header_name = "Idempotency-Key";
constexpr std::size_t most_characters = 255;

bool is_visible(char character) { return character > ' ' && character < '\x7f'; }

std::string_view without_blanks(std::string_view text) {
  const auto begin = text.find_first_not_of(" \t");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t") - begin + 1);
}

/// What stands between the quotes; nothing where they do not enclose the whole, or something is escaped that
/// needs no escape.
std::optional<std::string> unquoted(std::string_view text) {
  std::string out;
  for (std::size_t i = 1; i < text.size(); ++i) {
    if (text[i] == '"') return i + 1 == text.size() ? std::optional(std::move(out)) : std::nullopt;
    if (text[i] == '\\') {
      if (++i == text.size() || (text[i] != '"' && text[i] != '\\')) return std::nullopt;
    }
    out += text[i];
  }
  return std::nullopt;
}

KeyProblem invalid(std::string detail) { return {KeyProblem::Kind::invalid, std::move(detail)}; }

}  // namespace

std::variant<std::string, KeyProblem> read_idempotency_key(const http::Headers& headers) {
  const auto found = headers.find(header_name);
  if (!found) return KeyProblem{};
  if (headers.count(header_name) > 1) return invalid("it is there more than once");
  const auto value = without_blanks(*found);
  auto key = value.starts_with('"') ? unquoted(value) : std::optional<std::string>(value);
  if (!key) return invalid("it begins with a quote and is no quoted string");
  if (key->empty()) return invalid("it is empty");
  if (key->size() > most_characters) {
    return invalid("it has " + std::to_string(key->size()) + " characters, and may have 255");
  }
  if (!std::ranges::all_of(*key, is_visible)) return invalid("it holds what is no visible ASCII character");
  return *std::move(key);
}

}  // namespace waybill::accept
