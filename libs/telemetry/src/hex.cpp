#include "hex.hpp"

namespace waybill::telemetry::detail {

namespace {

int value_of_digit(char character) {
  if (character >= '0' && character <= '9') return character - '0';
  if (character >= 'a' && character <= 'f') return character - 'a' + 10;
  return -1;
}

}  // namespace

bool read_hex(std::string_view text, std::span<std::uint8_t> out) {
  if (text.size() != 2 * out.size()) return false;
  for (std::size_t index = 0; index < out.size(); ++index) {
    const int high = value_of_digit(text[2 * index]);
    const int low = value_of_digit(text[2 * index + 1]);
    if (high < 0 || low < 0) return false;
    out[index] = static_cast<std::uint8_t>(high * 16 + low);
  }
  return true;
}

std::string write_hex(std::span<const std::uint8_t> bytes) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text;
  text.reserve(2 * bytes.size());
  for (const auto byte : bytes) {
    text += digits[byte >> 4U];
    text += digits[byte & 0x0FU];
  }
  return text;
}

}  // namespace waybill::telemetry::detail
