#pragma once

#include <array>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>

namespace waybill::postgres {

/// Bytes for a bytea: a std::string holds text, this holds anything.
struct Bytes {
  std::string data;
  friend bool operator==(const Bytes&, const Bytes&) = default;
};

/// The same for a parameter, without a copy.
struct BytesView {
  std::string_view data;
};

/// The text of a JSON document, for a jsonb (and, when read, a json). The server checks it.
struct Json {
  std::string text;
  friend bool operator==(const Json&, const Json&) = default;
};

/// Makes an enumeration a text in the database:
///   template <>
///   struct waybill::postgres::EnumTexts<Status> {
///     static constexpr std::array texts{std::pair{Status::open, "open"}, std::pair{Status::closed,
///     "closed"}};
///   };
template <class E>
struct EnumTexts;

/// Makes a struct a row, its members in the order of the columns; for a struct that can be
/// default-constructed:
///   struct Line {
///     Sku sku;
///     std::int64_t quantity;
///     static constexpr auto columns = postgres::columns(&Line::sku, &Line::quantity);
///   };
template <class Row, class... Members>
constexpr auto columns(Members Row::*... members) {
  return std::make_tuple(members...);
}

}  // namespace waybill::postgres
