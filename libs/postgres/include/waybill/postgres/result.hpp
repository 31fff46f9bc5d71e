#pragma once

#include <cstddef>
#include <memory>
#include <string_view>

#include "waybill/postgres/codec.hpp"

struct pg_result;

namespace waybill::postgres {

/// What the server answered to one statement: cells in binary format, read through the typed rows of Tx.
class Result {
 public:
  explicit Result(pg_result* owned) : raw_(owned) {}

  std::size_t rows() const;
  std::size_t columns() const;
  /// Rows inserted, updated, deleted, or returned by a SELECT; zero for other statements.
  std::size_t affected() const;

  std::string_view name(std::size_t column) const;
  TypeId type(std::size_t column) const;
  bool is_null(std::size_t row, std::size_t column) const;
  std::string_view bytes(std::size_t row, std::size_t column) const;

  pg_result* raw() const { return raw_.get(); }

 private:
  struct Clear {
    void operator()(pg_result* result) const noexcept;
  };
  std::unique_ptr<pg_result, Clear> raw_;
};

}  // namespace waybill::postgres
