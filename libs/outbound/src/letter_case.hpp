#pragma once

#include <algorithm>
#include <string>
#include <string_view>

namespace waybill::outbound {

/// Of ASCII letters, as names of headers and hosts are compared; the process's locale has no say.
constexpr char lower(char letter) {
  return letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter - 'A' + 'a') : letter;
}

inline bool same_letters(std::string_view left, std::string_view right) {
  return std::ranges::equal(left, right, {}, lower, lower);
}

inline std::string lower(std::string text) {
  std::ranges::transform(text, text.begin(), [](char letter) { return lower(letter); });
  return text;
}

}  // namespace waybill::outbound
