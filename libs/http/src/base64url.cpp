#include "base64url.hpp"

#include <array>
#include <cstdint>

namespace waybill::http {
namespace {

constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
constexpr std::uint8_t no_sextet = 64;

constexpr std::array<std::uint8_t, 256> sextets() {
  std::array<std::uint8_t, 256> values{};
  values.fill(no_sextet);
  for (std::size_t i = 0; i < alphabet.size(); ++i) {
    values[static_cast<std::uint8_t>(alphabet[i])] = static_cast<std::uint8_t>(i);
  }
  return values;
}

}  // namespace

std::string base64url_of(std::string_view bytes) {
  std::string text;
  text.reserve((bytes.size() * 4 + 2) / 3);
  std::uint32_t held = 0;
  int bits = 0;
  for (const char byte : bytes) {
    held = held << 8 | static_cast<std::uint8_t>(byte);
    for (bits += 8; bits >= 6;) {
      bits -= 6;
      text.push_back(alphabet[(held >> bits) & 63]);
    }
  }
  if (bits > 0) text.push_back(alphabet[(held << (6 - bits)) & 63]);
  return text;
}

std::optional<std::string> bytes_of_base64url(std::string_view text) {
  static constexpr auto values = sextets();
  std::string bytes;
  bytes.reserve(text.size() * 3 / 4);
  std::uint32_t held = 0;
  int bits = 0;
  for (const char letter : text) {
    const auto sextet = values[static_cast<std::uint8_t>(letter)];
    if (sextet == no_sextet) return std::nullopt;
    held = held << 6 | sextet;
    bits += 6;
    if (bits < 8) continue;
    bits -= 8;
    bytes.push_back(static_cast<char>(held >> bits & 0xFF));
  }
  // A letter that brings no byte, and bits that nothing was made of, would be a second way to write the same.
  const bool is_exact = bits < 6 && (held & ((1U << bits) - 1)) == 0;
  if (!is_exact) return std::nullopt;
  return bytes;
}

}  // namespace waybill::http
