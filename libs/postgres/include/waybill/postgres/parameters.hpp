#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <ranges>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>

#include "waybill/postgres/codec.hpp"

namespace waybill::postgres {

/// The parameters of one statement as the server wants them: for each its type, its bytes (null for NULL) and
/// how many.
struct ParameterList {
  std::span<const TypeId> types;
  std::span<const char* const> values;
  std::span<const int> lengths;
};

/// The length as the protocol carries it; what is longer than a cell can be (1 GB) is refused as a permanent
/// Fault.
int checked_length(std::size_t length);

/// One parameter, encoded. It may point into the value it was made from.
template <class T>
class Parameter;

template <Parametric T>
class Parameter<T> {
 public:
  static constexpr TypeId type = Codec<T>::type;
  explicit Parameter(const T& value) : stored_(Codec<T>::store(value)) {}
  // An empty view may have no address, and no address would be NULL.
  const char* data() const { return stored_.data() == nullptr ? "" : stored_.data(); }
  std::size_t size() const { return stored_.size(); }

 private:
  decltype(Codec<T>::store(std::declval<const T&>())) stored_;
};

template <Parametric T>
class Parameter<std::optional<T>> {
 public:
  static constexpr TypeId type = Codec<T>::type;
  explicit Parameter(const std::optional<T>& value) {
    if (value) stored_.emplace(*value);
  }
  const char* data() const { return stored_ ? stored_->data() : nullptr; }
  std::size_t size() const { return stored_ ? stored_->size() : 0; }

 private:
  std::optional<Parameter<T>> stored_;
};

/// NULL of whatever type the statement expects there.
template <>
class Parameter<std::nullopt_t> {
 public:
  static constexpr TypeId type = 0;
  explicit Parameter(std::nullopt_t) {}
  const char* data() const { return nullptr; }
  std::size_t size() const { return 0; }
};

template <>
class Parameter<const char*> : public Parameter<std::string_view> {
 public:
  explicit Parameter(const char* text) : Parameter<std::string_view>(std::string_view{text}) {}
};
/// A literal.
template <std::size_t N>
class Parameter<char[N]> : public Parameter<const char*> {
 public:
  using Parameter<const char*>::Parameter;
};

/// An array in the server's binary format: nothing to quote, so nothing to quote wrongly.
class ArrayWriter {
 public:
  ArrayWriter(TypeId element, std::size_t count, std::size_t bytes_each);
  void value(std::string_view bytes);
  void null();
  std::string take() && { return std::move(out_); }

 private:
  std::string out_;
};

template <class T>
struct ElementOf {
  using Stored = T;
};
template <class T>
struct ElementOf<std::optional<T>> {
  using Stored = T;
};

template <class R>
concept Sequence = std::ranges::sized_range<const R> && !Parametric<R> && !std::is_array_v<R> &&
                   Parametric<typename ElementOf<std::ranges::range_value_t<R>>::Stored>;

/// Many values as one parameter: for `unnest($1::bigint[], $2::text[])` and `= ANY($1)`.
template <Sequence R>
class Parameter<R> {
  using Element = std::ranges::range_value_t<R>;
  using Stored = typename ElementOf<Element>::Stored;

 public:
  static constexpr TypeId type = Codec<Stored>::array_type;

  explicit Parameter(const R& range) : bytes_(encode(range)) {}
  const char* data() const { return bytes_.data(); }
  std::size_t size() const { return bytes_.size(); }

 private:
  static std::string encode(const R& range) {
    ArrayWriter writer(Codec<Stored>::type, std::ranges::size(range), sizeof(Stored));
    for (const Element& element : range) {
      const Parameter<Element> encoded(element);
      if (encoded.data() == nullptr) {
        writer.null();
      } else {
        writer.value({encoded.data(), encoded.size()});
      }
    }
    return std::move(writer).take();
  }

  std::string bytes_;
};

template <class T>
concept Encodable = requires { Parameter<T>::type; };

/// All parameters of one call. It lives as long as the call, and so do the values it points into.
template <class... P>
class Parameters {
  static_assert(
      (Encodable<P> && ...),
      "a parameter has a type that PostgreSQL does not know: it takes bool, signed integers, double, text, "
      "Bytes, Uuid, WallTime, Json, Strong and EnumTexts of these, optional and sequences of them");

 public:
  explicit Parameters(const P&... values) : encoded_(Parameter<P>(values)...) {
    std::apply(
        [this](const auto&... each) {
          std::size_t next = 0;
          ((values_[next] = each.data(), lengths_[next] = checked_length(each.size()), ++next), ...);
        },
        encoded_);
  }
  Parameters(const Parameters&) = delete;
  Parameters& operator=(const Parameters&) = delete;

  ParameterList list() const { return {types, values_, lengths_}; }

 private:
  static constexpr std::array<TypeId, sizeof...(P)> types{Parameter<P>::type...};
  std::tuple<Parameter<P>...> encoded_;
  std::array<const char*, sizeof...(P)> values_{};
  std::array<int, sizeof...(P)> lengths_{};
};

}  // namespace waybill::postgres
