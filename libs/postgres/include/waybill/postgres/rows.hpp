#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "waybill/postgres/codec.hpp"
#include "waybill/postgres/result.hpp"

namespace waybill::postgres {

/// A C++ type as one column: what it is called in errors, whether it takes NULL, which types it takes.
struct ColumnShape {
  std::string_view name;
  bool (*accepts)(TypeId);
};

// Each throws a permanent Fault that names the column, what is in it, what was asked for, and the statement.
void check_columns(const Result& result, std::span<const ColumnShape> shapes, std::string_view sql);
[[noreturn]] void throw_null(const Result& result, std::size_t column, std::string_view wanted,
                             std::string_view sql);
[[noreturn]] void throw_unreadable(const Result& result, std::size_t column, std::string_view problem,
                                   std::string_view sql);
[[noreturn]] void throw_row_count(std::size_t rows, std::string_view wanted, std::string_view sql);

template <class T>
struct Column {
  static_assert(Readable<T>,
                "a column can be read as bool, a signed integer, double, std::string, Bytes, Uuid, WallTime, "
                "Json, Strong "
                "or EnumTexts of these, or an optional of them");
  static constexpr ColumnShape shape{Codec<T>::name, &Codec<T>::accepts};
  static T read(const Result& result, std::size_t row, std::size_t column, std::string_view sql) {
    if (result.is_null(row, column)) [[unlikely]]
      throw_null(result, column, Codec<T>::name, sql);
    return Codec<T>::load(result.bytes(row, column));
  }
};

template <class T>
struct Column<std::optional<T>> {
  static constexpr ColumnShape shape = Column<T>::shape;
  static std::optional<T> read(const Result& result, std::size_t row, std::size_t column, std::string_view) {
    if (result.is_null(row, column)) return std::nullopt;
    return Codec<T>::load(result.bytes(row, column));
  }
};

/// Reads one cell of a row; `at` tells where the reading stands, for the error.
template <class C>
C read_cell(const Result& result, std::size_t row, std::size_t column, std::size_t& at,
            std::string_view sql) {
  at = column;
  return Column<C>::read(result, row, column, sql);
}

/// A row of several columns is a tuple.
template <class... C>
struct RowReader {
  using Row = std::tuple<C...>;
  static constexpr std::array<ColumnShape, sizeof...(C)> shapes{Column<C>::shape...};
  static Row read(const Result& result, std::size_t row, std::size_t& at, std::string_view sql) {
    return read_all(result, row, at, sql, std::index_sequence_for<C...>{});
  }

 private:
  template <std::size_t... I>
  static Row read_all(const Result& result, std::size_t row, std::size_t& at, std::string_view sql,
                      std::index_sequence<I...>) {
    // Braces, because they alone are evaluated from left to right.
    return Row{read_cell<C>(result, row, I, at, sql)...};
  }
};

/// A row of one column is its value.
template <class C>
struct RowReader<C> {
  using Row = C;
  static constexpr std::array<ColumnShape, 1> shapes{Column<C>::shape};
  static Row read(const Result& result, std::size_t row, std::size_t&, std::string_view sql) {
    return Column<C>::read(result, row, 0, sql);
  }
};

template <class Row, class... Members>
struct StructReader {
  static constexpr std::array<ColumnShape, sizeof...(Members)> shapes{Column<Members>::shape...};
  static Row read(const Result& result, std::size_t row, std::size_t& at, std::string_view sql) {
    Row value{};
    std::size_t next = 0;
    std::apply([&](auto... member) { (set(value.*member, result, row, next++, at, sql), ...); },
               Row::columns);
    return value;
  }

 private:
  template <class T>
  static void set(T& member, const Result& result, std::size_t row, std::size_t column, std::size_t& at,
                  std::string_view sql) {
    member = read_cell<T>(result, row, column, at, sql);
  }
};

template <class Row, class... Members>
StructReader<Row, Members...> reader_of_members(const std::tuple<Members Row::*...>&);

/// A struct with `columns` is a row of as many columns.
template <class S>
  requires requires { S::columns; }
struct RowReader<S> : decltype(reader_of_members(S::columns)) {
  using Row = S;
};

template <class... C>
using RowOf = typename RowReader<C...>::Row;

template <class... C>
std::vector<RowOf<C...>> read_rows(const Result& result, std::string_view sql) {
  static_assert(sizeof...(C) > 0, "name the columns' types: query<Sku, Price>(…); execute() is for no rows");
  check_columns(result, RowReader<C...>::shapes, sql);
  std::vector<RowOf<C...>> rows;
  rows.reserve(result.rows());
  std::size_t column = 0;
  try {
    for (std::size_t row = 0; row < result.rows(); ++row)
      rows.push_back(RowReader<C...>::read(result, row, column, sql));
  } catch (const Unreadable& unreadable) {
    throw_unreadable(result, column, unreadable.what(), sql);
  }
  return rows;
}

}  // namespace waybill::postgres
