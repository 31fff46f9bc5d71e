#include "keys/key_text.hpp"

#include <algorithm>

namespace waybill::http {
namespace {

constexpr std::string_view key_prefix = "wb_";
constexpr std::size_t secret_letters = 43;

constexpr std::string_view lower = "abcdefghijklmnopqrstuvwxyz";
constexpr std::string_view decimal = "0123456789";

bool is_among(char c, std::string_view letters) { return letters.find(c) != std::string_view::npos; }

}  // namespace

bool is_key_id(std::string_view id) {
  constexpr std::size_t longest = 32;
  return !id.empty() && id.size() <= longest && is_among(id.front(), lower) &&
         std::ranges::all_of(id,
                             [](char c) { return is_among(c, lower) || is_among(c, decimal) || c == '-'; });
}

bool is_scope(std::string_view scope) {
  constexpr std::size_t longest = 64;
  const auto is_letter = [](char c) {
    return is_among(c, lower) || (c >= 'A' && c <= 'Z') || is_among(c, decimal) || is_among(c, ":._-");
  };
  return !scope.empty() && scope.size() <= longest && std::ranges::all_of(scope, is_letter);
}

std::optional<std::string_view> id_in_key(std::string_view text) {
  if (!text.starts_with(key_prefix)) return std::nullopt;
  text.remove_prefix(key_prefix.size());
  if (text.size() < secret_letters + 2) return std::nullopt;
  const auto id = text.substr(0, text.size() - secret_letters - 1);
  if (text[id.size()] != '_' || !is_key_id(id)) return std::nullopt;
  return id;
}

}  // namespace waybill::http
