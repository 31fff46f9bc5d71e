#include "tracestate.hpp"

#include <algorithm>
#include <vector>

#include "ascii.hpp"
#include "waybill/telemetry/trace_context.hpp"

namespace waybill::telemetry::detail {

namespace {

bool key_character(char character) {
  return is_lower(character) || is_digit(character) || character == '_' || character == '-' ||
         character == '*' || character == '/';
}

bool well_formed_part(std::string_view text, std::size_t longest, bool digit_first) {
  return !text.empty() && text.size() <= longest &&
         (is_lower(text[0]) || (digit_first && is_digit(text[0]))) &&
         std::all_of(text.begin(), text.end(), key_character);
}

// A vendor's name, or tenant@vendor.
bool well_formed_key(std::string_view key) {
  const auto at = key.find('@');
  if (at == std::string_view::npos) return well_formed_part(key, 256, false);
  return well_formed_part(key.substr(0, at), 241, true) && well_formed_part(key.substr(at + 1), 14, false);
}

bool well_formed_value(std::string_view value) {
  const auto printable = [](char character) {
    return character >= 0x20 && character <= 0x7E && character != ',' && character != '=';
  };
  return !value.empty() && value.size() <= 256 && value.back() != ' ' &&
         std::all_of(value.begin(), value.end(), printable);
}

std::string_view without_outer_space(std::string_view text) {
  const auto begin = text.find_first_not_of(" \t");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t") - begin + 1);
}

}  // namespace

bool well_formed_tracestate(std::string_view text) {
  if (text.size() > TraceContext::max_tracestate_characters) return false;
  std::vector<std::string_view> keys;
  for (std::size_t begin = 0; begin <= text.size();) {
    const auto comma = std::min(text.find(',', begin), text.size());
    const auto member = without_outer_space(text.substr(begin, comma - begin));
    begin = comma + 1;
    if (member.empty()) continue;  // the standard allows empty members
    const auto equals = member.find('=');
    if (equals == std::string_view::npos) return false;
    const auto key = member.substr(0, equals);
    if (!well_formed_key(key) || !well_formed_value(member.substr(equals + 1))) return false;
    if (std::find(keys.begin(), keys.end(), key) != keys.end()) return false;
    keys.push_back(key);
    if (keys.size() > TraceContext::max_tracestate_members) return false;
  }
  return true;
}

}  // namespace waybill::telemetry::detail
