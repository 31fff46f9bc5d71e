#include "waybill/base/uuid.hpp"

namespace waybill::base {
namespace {

constexpr std::string_view digits = "0123456789abcdef";

constexpr bool is_dash_position(std::size_t at) { return at == 8 || at == 13 || at == 18 || at == 23; }

constexpr int value_of(char digit) {
  if (digit >= '0' && digit <= '9') return digit - '0';
  if (digit >= 'a' && digit <= 'f') return digit - 'a' + 10;
  if (digit >= 'A' && digit <= 'F') return digit - 'A' + 10;
  return -1;
}

}  // namespace

std::optional<Uuid> Uuid::parse(std::string_view text) {
  if (text.size() != 36) return std::nullopt;
  Bytes bytes{};
  std::size_t at = 0;
  for (auto& byte : bytes) {
    if (is_dash_position(at) && text[at++] != '-') return std::nullopt;
    const int high = value_of(text[at++]);
    const int low = value_of(text[at++]);
    if (high < 0 || low < 0) return std::nullopt;
    byte = static_cast<std::uint8_t>(high << 4 | low);
  }
  return Uuid{bytes};
}

std::string Uuid::to_string() const {
  std::string text(36, '-');
  format_to(std::span<char, 36>(text));
  return text;
}

void Uuid::format_to(std::span<char, 36> out) const {
  std::size_t at = 0;
  for (const auto byte : bytes_) {
    if (is_dash_position(at)) out[at++] = '-';
    out[at++] = digits[byte >> 4];
    out[at++] = digits[byte & 0x0F];
  }
}

}  // namespace waybill::base
