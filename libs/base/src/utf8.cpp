#include "waybill/base/utf8.hpp"

#include <algorithm>
#include <cstdint>
#include <cstring>

namespace waybill::base {
namespace {

// The bytes that may follow a first byte: how many, and between which bounds the second one lies.
struct Sequence {
  std::size_t length = 0;  // 0: no character begins with this byte
  std::uint8_t second_least = 0x80;
  std::uint8_t second_most = 0xBF;
};

constexpr Sequence sequence_of(std::uint8_t first) {
  if (first < 0x80) return {1};
  if (first < 0xC2) return {};
  if (first < 0xE0) return {2};
  if (first == 0xE0) return {3, 0xA0, 0xBF};
  if (first == 0xED) return {3, 0x80, 0x9F};
  if (first < 0xF0) return {3};
  if (first == 0xF0) return {4, 0x90, 0xBF};
  if (first < 0xF4) return {4};
  if (first == 0xF4) return {4, 0x80, 0x8F};
  return {};
}

constexpr bool is_continuation(std::uint8_t byte) { return (byte & 0xC0) == 0x80; }

// 0 when no whole character begins there.
std::size_t character_length(std::string_view text, std::size_t at) {
  const auto byte = [&](std::size_t offset) { return static_cast<std::uint8_t>(text[at + offset]); };
  const auto sequence = sequence_of(byte(0));
  if (sequence.length <= 1) return sequence.length;
  if (text.size() - at < sequence.length) return 0;
  if (byte(1) < sequence.second_least || byte(1) > sequence.second_most) return 0;
  for (std::size_t i = 2; i < sequence.length; ++i)
    if (!is_continuation(byte(i))) return 0;
  return sequence.length;
}

// Most text is ASCII, and is passed over eight bytes at a time.
std::size_t ascii_run(std::string_view text, std::size_t at) {
  constexpr std::uint64_t high_bits = 0x8080808080808080;
  const auto began = at;
  while (text.size() - at >= sizeof(std::uint64_t)) {
    std::uint64_t eight = 0;
    std::memcpy(&eight, text.data() + at, sizeof eight);
    if ((eight & high_bits) != 0) break;
    at += sizeof eight;
  }
  return at - began;
}

}  // namespace

std::size_t valid_utf8_length(std::string_view text) {
  std::size_t at = 0;
  while (at < text.size()) {
    at += ascii_run(text, at);
    if (at == text.size()) break;
    const auto length = character_length(text, at);
    if (length == 0) break;
    at += length;
  }
  return at;
}

std::string_view utf8_prefix(std::string_view text, std::size_t most_bytes) {
  if (text.size() <= most_bytes) return text;
  auto end = most_bytes;
  while (end > 0 && is_continuation(static_cast<std::uint8_t>(text[end]))) --end;
  return text.substr(0, end);
}

bool is_storable(std::string_view text) { return is_utf8(text) && text.find('\0') == std::string_view::npos; }

std::string storable(std::string_view text) {
  constexpr std::string_view replacement = "\xEF\xBF\xBD";
  std::string out;
  while (!text.empty()) {
    const auto good = text.substr(0, std::min(valid_utf8_length(text), text.find('\0')));
    out.append(good);
    text.remove_prefix(good.size());
    if (text.empty()) break;
    out.append(replacement);
    text.remove_prefix(1);
  }
  return out;
}

}  // namespace waybill::base
