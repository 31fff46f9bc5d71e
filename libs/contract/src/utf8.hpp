#pragma once

#include <cstddef>
#include <string_view>

namespace waybill::contract {

/// How many bytes from the front are well-formed UTF-8, as Unicode's table 3-7 has it: no overlong forms, no
/// surrogates, nothing above U+10FFFF, no sequence that is not whole.
std::size_t valid_utf8_length(std::string_view text);

inline bool is_utf8(std::string_view text) { return valid_utf8_length(text) == text.size(); }

/// What remains of valid UTF-8 when it is cut at so many bytes, and not inside of a character.
std::string_view utf8_prefix(std::string_view text, std::size_t most_bytes);

}  // namespace waybill::contract
