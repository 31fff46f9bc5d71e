#pragma once

#include <algorithm>
#include <string_view>

namespace waybill::runtime {

/// Whether a text is without spaces and control characters, none of which an address holds unescaped.
inline bool is_visible(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return static_cast<unsigned char>(c) > ' ' && c != '\x7f'; });
}

}  // namespace waybill::runtime
