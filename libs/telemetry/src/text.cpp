#include "text.hpp"

#include <array>
#include <cstdint>
#include <cstdio>

namespace waybill::telemetry::detail {

namespace {

constexpr std::string_view replacement = "\xEF\xBF\xBD";

struct CodePoint {
  std::uint32_t value = 0;
  std::size_t length = 0;  // 0: the first byte does not begin valid UTF-8
};

std::uint32_t byte_at(std::string_view text, std::size_t index) {
  return static_cast<unsigned char>(text[index]);
}

CodePoint decode(std::string_view text) {
  const auto lead = byte_at(text, 0);
  if (lead < 0x80) return {lead, 1};
  const std::size_t length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
  if (lead < 0xC2 || lead > 0xF4 || text.size() < length) return {};
  std::uint32_t value = lead & (0xFFU >> (length + 1));
  for (std::size_t index = 1; index < length; ++index) {
    const auto next = byte_at(text, index);
    if ((next & 0xC0U) != 0x80U) return {};
    value = value << 6U | (next & 0x3FU);
  }
  const bool overlong = (length == 3 && value < 0x800) || (length == 4 && value < 0x10000);
  const bool surrogate = value >= 0xD800 && value <= 0xDFFF;
  if (overlong || surrogate || value > 0x10FFFF) return {};
  return {value, length};
}

// Characters that end a line, move the cursor or turn the writing direction in some program that shows the
// line.
bool harmful(std::uint32_t value) {
  return value < 0x20 || (value >= 0x7F && value <= 0x9F) || (value >= 0x2028 && value <= 0x202E) ||
         (value >= 0x2066 && value <= 0x2069);
}

void append_code_point(std::string& out, std::string_view bytes, std::uint32_t value) {
  switch (value) {
    case '"':
      out += "\\\"";
      return;
    case '\\':
      out += "\\\\";
      return;
    case '\n':
      out += "\\n";
      return;
    case '\r':
      out += "\\r";
      return;
    case '\t':
      out += "\\t";
      return;
    default:
      break;
  }
  if (!harmful(value)) {
    out += bytes;
    return;
  }
  std::array<char, 16> escaped{};
  std::snprintf(escaped.data(), escaped.size(), "\\u%04x", value);
  out += escaped.data();
}

}  // namespace

void append_escaped(std::string& out, std::string_view text, std::size_t limit) {
  std::size_t at = 0;
  while (at < text.size()) {
    const auto rest = text.substr(at);
    const auto point = decode(rest);
    const auto length = point.length == 0 ? 1 : point.length;
    if (at + length > limit) {
      out += "…(cut, " + std::to_string(text.size()) + " bytes)";
      return;
    }
    if (point.length == 0) {
      out += replacement;
    } else {
      append_code_point(out, rest.substr(0, length), point.value);
    }
    at += length;
  }
}

std::string valid_utf8(std::string_view text, std::size_t limit) {
  std::string out;
  std::size_t at = 0;
  while (at < text.size()) {
    const auto rest = text.substr(at);
    const auto point = decode(rest);
    const auto length = point.length == 0 ? 1 : point.length;
    if (at + length > limit) break;
    out += point.length == 0 ? replacement : rest.substr(0, length);
    at += length;
  }
  return out;
}

}  // namespace waybill::telemetry::detail
