#pragma once

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <functional>
#include <optional>
#include <ostream>
#include <span>
#include <string>
#include <string_view>

namespace waybill::base {

/// Sixteen bytes, ordered as PostgreSQL orders its uuid: byte by byte, so that UUIDv7s order by time.
class Uuid {
 public:
  using Bytes = std::array<std::uint8_t, 16>;

  /// The nil UUID.
  constexpr Uuid() = default;
  constexpr explicit Uuid(const Bytes& bytes) : bytes_(bytes) {}

  /// All bits are set: none is greater.
  static constexpr Uuid max() {
    Uuid greatest;
    greatest.bytes_.fill(0xff);
    return greatest;
  }

  /// Reads the 36 characters of the canonical form, either case; anything else is nothing.
  static std::optional<Uuid> parse(std::string_view text);

  std::string to_string() const;
  /// Writes the 36 characters, without a terminator.
  void format_to(std::span<char, 36> out) const;

  constexpr const Bytes& bytes() const { return bytes_; }
  constexpr bool is_nil() const { return *this == Uuid{}; }
  constexpr int version() const { return bytes_[6] >> 4; }

  friend constexpr auto operator<=>(const Uuid&, const Uuid&) = default;
  friend std::ostream& operator<<(std::ostream& out, const Uuid& id) { return out << id.to_string(); }

 private:
  Bytes bytes_{};
};

}  // namespace waybill::base

template <>
struct std::hash<waybill::base::Uuid> {
  std::size_t operator()(const waybill::base::Uuid& id) const noexcept {
    std::uint64_t high = 0;
    std::uint64_t low = 0;
    std::memcpy(&high, id.bytes().data(), 8);
    std::memcpy(&low, id.bytes().data() + 8, 8);
    return std::hash<std::uint64_t>{}(high ^ (low * 0x9E3779B97F4A7C15ULL));
  }
};
