#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace waybill::telemetry::detail {

/// Appends text as the inside of a JSON string: whatever its bytes are, the result is valid UTF-8 without a
/// control character, a line separator or a character that changes the writing direction. Bytes that aren't
/// UTF-8 become U+FFFD. Beyond `limit` bytes of input it is cut, and a mark says how long it was.
void append_escaped(std::string& out, std::string_view text, std::size_t limit);

/// The text as valid UTF-8, at most `limit` bytes of the input; control characters stay.
std::string valid_utf8(std::string_view text, std::size_t limit);

}  // namespace waybill::telemetry::detail
