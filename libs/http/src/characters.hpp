#pragma once

#include <cstddef>
#include <string_view>

namespace waybill::http {

/// How many characters (code points) a text of valid UTF-8 has.
std::size_t character_count(std::string_view text);

/// Of ASCII.
constexpr bool is_letter_or_digit(char letter) {
  return (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') ||
         (letter >= '0' && letter <= '9');
}

/// Where the first control character stands (U+0000 to U+001F, U+007F to U+009F) in valid UTF-8; npos where
/// there is none. Line breaks and tabs are passed over where they are wanted.
enum class LineBreaks { refused, allowed };
std::size_t control_character_at(std::string_view text, LineBreaks line_breaks = LineBreaks::refused);

}  // namespace waybill::http
