#include "waybill/postgres/result.hpp"

#include <libpq-fe.h>
#include <charconv>
#include <cstring>

namespace waybill::postgres {

void Result::Clear::operator()(pg_result* result) const noexcept { PQclear(result); }

std::size_t Result::rows() const { return static_cast<std::size_t>(PQntuples(raw_.get())); }
std::size_t Result::columns() const { return static_cast<std::size_t>(PQnfields(raw_.get())); }

std::size_t Result::affected() const {
  const char* text = PQcmdTuples(raw_.get());
  std::size_t count = 0;
  std::from_chars(text, text + std::strlen(text), count);
  return count;
}

std::string_view Result::name(std::size_t column) const {
  return PQfname(raw_.get(), static_cast<int>(column));
}
TypeId Result::type(std::size_t column) const { return PQftype(raw_.get(), static_cast<int>(column)); }

bool Result::is_null(std::size_t row, std::size_t column) const {
  return PQgetisnull(raw_.get(), static_cast<int>(row), static_cast<int>(column)) != 0;
}

std::string_view Result::bytes(std::size_t row, std::size_t column) const {
  const int at_row = static_cast<int>(row);
  const int at_column = static_cast<int>(column);
  return {PQgetvalue(raw_.get(), at_row, at_column),
          static_cast<std::size_t>(PQgetlength(raw_.get(), at_row, at_column))};
}

}  // namespace waybill::postgres
