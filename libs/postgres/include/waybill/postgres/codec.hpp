#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>

#include "waybill/base/clock.hpp"
#include "waybill/base/strong.hpp"
#include "waybill/base/uuid.hpp"
#include "waybill/postgres/types.hpp"

namespace waybill::postgres {

/// PostgreSQL's number of a type, as in pg_type.oid; those of the built-in types never change.
using TypeId = std::uint32_t;

/// How a C++ type travels, in the server's binary format. One specialisation for each type that can be a
/// parameter
/// (`store`) or a column (`accepts`, `load`); anything without one is refused at compile time.
template <class T>
struct Codec;

/// A cell that has the right type and still cannot become the C++ value; the reader of the row adds which
/// cell it was.
class Unreadable : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

template <class T>
concept Parametric = requires(const T& value) {
  { Codec<T>::type } -> std::convertible_to<TypeId>;
  { Codec<T>::array_type } -> std::convertible_to<TypeId>;
  Codec<T>::store(value);
};

template <class T>
concept Readable = requires(TypeId type, std::string_view bytes) {
  { Codec<T>::accepts(type) } -> std::same_as<bool>;
  { Codec<T>::load(bytes) } -> std::same_as<T>;
  { Codec<T>::name } -> std::convertible_to<std::string_view>;
};

template <std::integral T>
std::array<char, sizeof(T)> to_big_endian(T value) {
  auto bytes = std::bit_cast<std::array<char, sizeof(T)>>(value);
  if constexpr (std::endian::native == std::endian::little) std::reverse(bytes.begin(), bytes.end());
  return bytes;
}

template <std::integral T>
T from_big_endian(std::string_view bytes) {
  if (bytes.size() != sizeof(T)) throw Unreadable("has an unexpected length");
  std::array<char, sizeof(T)> copy;
  std::memcpy(copy.data(), bytes.data(), sizeof(T));
  if constexpr (std::endian::native == std::endian::little) std::reverse(copy.begin(), copy.end());
  return std::bit_cast<T>(copy);
}

template <>
struct Codec<bool> {
  static constexpr TypeId type = 16;
  static constexpr TypeId array_type = 1000;
  static constexpr std::string_view name = "bool";
  static std::array<char, 1> store(bool value) { return {static_cast<char>(value)}; }
  static bool accepts(TypeId id) { return id == type; }
  static bool load(std::string_view bytes) { return from_big_endian<std::int8_t>(bytes) != 0; }
};

/// PostgreSQL has no unsigned integers, so neither has this. A column may be narrower than the C++ type,
/// never wider.
template <class T>
concept WholeNumber =
    std::same_as<T, short> || std::same_as<T, int> || std::same_as<T, long> || std::same_as<T, long long>;

template <WholeNumber T>
struct Codec<T> {
  static constexpr TypeId type = sizeof(T) == 2 ? 21 : sizeof(T) == 4 ? 23 : 20;
  static constexpr TypeId array_type = sizeof(T) == 2 ? 1005 : sizeof(T) == 4 ? 1007 : 1016;
  static constexpr std::string_view name = sizeof(T) == 2   ? "a 16-bit integer"
                                           : sizeof(T) == 4 ? "a 32-bit integer"
                                                            : "a 64-bit integer";
  static std::array<char, sizeof(T)> store(T value) { return to_big_endian(value); }
  static bool accepts(TypeId id) {
    return id == type || (id == 21 && sizeof(T) > 2) || (id == 23 && sizeof(T) > 4);
  }
  static T load(std::string_view bytes) {
    if (bytes.size() == sizeof(T)) return from_big_endian<T>(bytes);
    if constexpr (sizeof(T) == 8) {
      if (bytes.size() == 4) return from_big_endian<std::int32_t>(bytes);
    }
    return from_big_endian<std::int16_t>(bytes);
  }
};

template <>
struct Codec<double> {
  static constexpr TypeId type = 701;
  static constexpr TypeId array_type = 1022;
  static constexpr std::string_view name = "a double";
  static std::array<char, 8> store(double value) { return to_big_endian(std::bit_cast<std::int64_t>(value)); }
  static bool accepts(TypeId id) { return id == type || id == 700; }
  static double load(std::string_view bytes) {
    if (bytes.size() == 4) return std::bit_cast<float>(from_big_endian<std::int32_t>(bytes));
    return std::bit_cast<double>(from_big_endian<std::int64_t>(bytes));
  }
};

template <>
struct Codec<std::string_view> {
  static constexpr TypeId type = 25;
  static constexpr TypeId array_type = 1009;
  static std::string_view store(std::string_view value) { return value; }
};

template <>
struct Codec<std::string> : Codec<std::string_view> {
  static constexpr std::string_view name = "a text";
  /// text, varchar, char(n), "char", name and literals without a type.
  static bool accepts(TypeId id) {
    return id == type || id == 1043 || id == 1042 || id == 18 || id == 19 || id == 705;
  }
  static std::string load(std::string_view bytes) { return std::string{bytes}; }
};

template <>
struct Codec<BytesView> {
  static constexpr TypeId type = 17;
  static constexpr TypeId array_type = 1001;
  static std::string_view store(BytesView value) { return value.data; }
};

template <>
struct Codec<std::span<const std::byte>> : Codec<BytesView> {
  static std::string_view store(std::span<const std::byte> value) {
    return {reinterpret_cast<const char*>(value.data()), value.size()};
  }
};

template <>
struct Codec<Bytes> : Codec<BytesView> {
  static constexpr std::string_view name = "bytes";
  static std::string_view store(const Bytes& value) { return value.data; }
  static bool accepts(TypeId id) { return id == type; }
  static Bytes load(std::string_view bytes) { return {std::string{bytes}}; }
};

template <>
struct Codec<base::Uuid> {
  static constexpr TypeId type = 2950;
  static constexpr TypeId array_type = 2951;
  static constexpr std::string_view name = "a UUID";
  static std::string_view store(const base::Uuid& value) {
    return {reinterpret_cast<const char*>(value.bytes().data()), value.bytes().size()};
  }
  static bool accepts(TypeId id) { return id == type; }
  static base::Uuid load(std::string_view bytes) {
    base::Uuid::Bytes copy;
    if (bytes.size() != copy.size()) throw Unreadable("has an unexpected length");
    std::memcpy(copy.data(), bytes.data(), copy.size());
    return base::Uuid{copy};
  }
};

/// timestamptz. The greatest and the least WallTime are infinity and -infinity.
template <>
struct Codec<base::WallTime> {
  static constexpr TypeId type = 1184;
  static constexpr TypeId array_type = 1185;
  static constexpr std::string_view name = "a time";
  static std::array<char, 8> store(base::WallTime value);
  static bool accepts(TypeId id) { return id == type; }
  static base::WallTime load(std::string_view bytes);
};

template <>
struct Codec<Json> {
  static constexpr TypeId type = 3802;
  static constexpr TypeId array_type = 3807;
  static constexpr std::string_view name = "a JSON document";
  static std::string store(const Json& value) { return "\x01" + value.text; }
  static bool accepts(TypeId id) { return id == type || id == 114; }
  static Json load(std::string_view bytes) {
    // jsonb is sent with its version, 1, before the text, which a json's text cannot begin with.
    if (bytes.starts_with('\x01')) bytes.remove_prefix(1);
    return {std::string{bytes}};
  }
};

template <class T, class Tag>
struct Codec<base::Strong<T, Tag>> : Codec<T> {
  static auto store(const base::Strong<T, Tag>& value) { return Codec<T>::store(value.value()); }
  static base::Strong<T, Tag> load(std::string_view bytes) {
    return base::Strong<T, Tag>{Codec<T>::load(bytes)};
  }
};

template <class E>
  requires requires { EnumTexts<E>::texts; }
struct Codec<E> : Codec<std::string> {
  static constexpr std::string_view name = "one of an enumeration's texts";
  static std::string_view store(E value) {
    for (const auto& [named, text] : EnumTexts<E>::texts)
      if (named == value) return text;
    throw std::invalid_argument("a value that EnumTexts does not name cannot be a parameter");
  }
  static E load(std::string_view bytes) {
    for (const auto& [named, text] : EnumTexts<E>::texts)
      if (text == bytes) return named;
    throw Unreadable("holds a text that EnumTexts does not name");
  }
};

}  // namespace waybill::postgres
