#include "waybill/postgres/rows.hpp"

#include "statement_text.hpp"
#include "waybill/postgres/fault.hpp"

namespace waybill::postgres {
namespace {

std::string_view type_name(TypeId type) {
  static constexpr std::pair<TypeId, std::string_view> names[] = {
      {16, "boolean"},       {17, "bytea"},       {18, "\"char\""},  {19, "name"},
      {20, "bigint"},        {21, "smallint"},    {23, "integer"},   {25, "text"},
      {26, "oid"},           {114, "json"},       {700, "real"},     {701, "double precision"},
      {1000, "boolean[]"},   {1007, "integer[]"}, {1009, "text[]"},  {1016, "bigint[]"},
      {1042, "char"},        {1043, "varchar"},   {1082, "date"},    {1114, "timestamp"},
      {1184, "timestamptz"}, {1186, "interval"},  {1700, "numeric"}, {2278, "void"},
      {2950, "uuid"},        {3802, "jsonb"}};
  for (const auto& [id, name] : names)
    if (id == type) return name;
  return "";
}

std::string describe_type(TypeId type) {
  const auto name = type_name(type);
  return name.empty() ? "of type number " + std::to_string(type) + " (see pg_type)"
                      : "of type " + std::string{name};
}

std::string column_of(const Result& result, std::size_t column) {
  return "column " + std::to_string(column + 1) + " \"" + std::string{result.name(column)} + "\"";
}

[[noreturn]] void mismatch(const std::string& what, std::string_view sql) {
  throw Fault(FaultKind::permanent, what + ", in " + quote_statement(sql));
}

}  // namespace

void check_columns(const Result& result, std::span<const ColumnShape> shapes, std::string_view sql) {
  if (result.columns() != shapes.size()) {
    mismatch("the statement returns " + std::to_string(result.columns()) + " columns but is read as " +
                 std::to_string(shapes.size()) + ": name one C++ type for each column",
             sql);
  }
  for (std::size_t column = 0; column < shapes.size(); ++column) {
    const auto& shape = shapes[column];
    if (shape.accepts(result.type(column))) continue;
    mismatch(column_of(result, column) + " is " + describe_type(result.type(column)) + " but is read as " +
                 std::string{shape.name} + ": read it as what it is, or cast it in the statement",
             sql);
  }
}

void throw_null(const Result& result, std::size_t column, std::string_view wanted, std::string_view sql) {
  mismatch(column_of(result, column) + " is NULL but is read as " + std::string{wanted} +
               ": read it as std::optional, or use coalesce()",
           sql);
}

void throw_unreadable(const Result& result, std::size_t column, std::string_view problem,
                      std::string_view sql) {
  mismatch(column_of(result, column) + " " + std::string{problem}, sql);
}

void throw_row_count(std::size_t rows, std::string_view wanted, std::string_view sql) {
  mismatch("the statement returned " + std::to_string(rows) + " rows where " + std::string{wanted} +
               " is expected",
           sql);
}

}  // namespace waybill::postgres
