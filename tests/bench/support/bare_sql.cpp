#include "bare_sql.hpp"

#include <stdexcept>

namespace waybill::bench {

BareSql::BareSql(const std::string& url) : connection_(PQconnectdb(url.c_str())) {
  if (PQstatus(connection_) == CONNECTION_OK) return;
  const std::string text = PQerrorMessage(connection_);
  PQfinish(connection_);
  throw std::runtime_error("bare libpq: " + text);
}

BareSql::~BareSql() { PQfinish(connection_); }

void BareSql::run(const std::string& sql) {
  PGresult* result = PQexec(connection_, sql.c_str());
  const auto status = PQresultStatus(result);
  PQclear(result);
  if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK) {
    throw std::runtime_error("bare libpq: " + sql + ": " + PQerrorMessage(connection_));
  }
}

void BareSql::prepare(const char* name, const char* sql) {
  PGresult* result = PQprepare(connection_, name, sql, 0, nullptr);
  const auto status = PQresultStatus(result);
  PQclear(result);
  if (status != PGRES_COMMAND_OK) {
    throw std::runtime_error(std::string("bare libpq: ") + PQerrorMessage(connection_));
  }
}

PGresult* BareSql::execute(const char* name, std::span<const std::string> parameters, bool binary_rows) {
  std::vector<const char*> values;
  for (const auto& parameter : parameters) values.push_back(parameter.c_str());
  PGresult* result = PQexecPrepared(connection_, name, static_cast<int>(values.size()), values.data(),
                                    nullptr, nullptr, binary_rows ? 1 : 0);
  const auto status = PQresultStatus(result);
  if (status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK) return result;
  PQclear(result);
  throw std::runtime_error(std::string("bare libpq: ") + name + ": " + PQerrorMessage(connection_));
}

}  // namespace waybill::bench
