#include "characters.hpp"

#include <algorithm>
#include <cstdint>

namespace waybill::http {

std::size_t character_count(std::string_view text) {
  const auto begins = [](char byte) { return (static_cast<std::uint8_t>(byte) & 0xC0) != 0x80; };
  return static_cast<std::size_t>(std::ranges::count_if(text, begins));
}

std::size_t control_character_at(std::string_view text, LineBreaks line_breaks) {
  for (std::size_t at = 0; at < text.size(); ++at) {
    const auto byte = static_cast<std::uint8_t>(text[at]);
    if (byte >= 0x20 && byte < 0x7F) continue;
    const bool breaks = byte == '\n' || byte == '\r' || byte == '\t';
    if (breaks && line_breaks == LineBreaks::allowed) continue;
    if (byte < 0x20 || byte == 0x7F) return at;
    // U+0080 to U+009F are the two bytes C2 80 to C2 9F.
    const bool is_late_control =
        byte == 0xC2 && at + 1 < text.size() && static_cast<std::uint8_t>(text[at + 1]) < 0xA0;
    if (is_late_control) return at;
  }
  return std::string_view::npos;
}

}  // namespace waybill::http
