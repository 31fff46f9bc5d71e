#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace waybill::base {

/// How many bytes from the front are well-formed UTF-8, as Unicode's table 3-7 has it: no overlong forms, no
/// surrogates, nothing above U+10FFFF, no sequence that is not whole.
std::size_t valid_utf8_length(std::string_view text);

inline bool is_utf8(std::string_view text) { return valid_utf8_length(text) == text.size(); }

/// What remains of valid UTF-8 when it is cut at so many bytes, and not inside of a character.
std::string_view utf8_prefix(std::string_view text, std::size_t most_bytes);

/// Whether PostgreSQL can keep it as text: UTF-8 without the character NUL.
bool is_storable(std::string_view text);
/// The same, with U+FFFD for each byte that is neither.
std::string storable(std::string_view text);

}  // namespace waybill::base
