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
    fail(sql);
  }
}

void BareSql::prepare(const char* name, const char* sql) {
  PGresult* result = PQprepare(connection_, name, sql, 0, nullptr);
  const auto status = PQresultStatus(result);
  PQclear(result);
  if (status != PGRES_COMMAND_OK) fail(name);
}

PGresult* BareSql::execute(const char* name, std::span<const std::string> parameters, bool binary_rows) {
  std::vector<const char*> values;
  for (const auto& parameter : parameters) values.push_back(parameter.c_str());
  PGresult* result = PQexecPrepared(connection_, name, static_cast<int>(values.size()), values.data(),
                                    nullptr, nullptr, binary_rows ? 1 : 0);
  const auto status = PQresultStatus(result);
  if (status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK) return result;
  PQclear(result);
  fail(name);
}

void BareSql::enter_pipeline() {
  if (PQenterPipelineMode(connection_) == 0) fail("entering a pipeline");
}

void BareSql::send(const char* name, std::span<const std::string> parameters) {
  std::vector<const char*> values;
  for (const auto& parameter : parameters) values.push_back(parameter.c_str());
  if (PQsendQueryPrepared(connection_, name, static_cast<int>(values.size()), values.data(), nullptr, nullptr,
                          0) == 0) {
    fail(name);
  }
}

void BareSql::leave_pipeline() {
  if (PQpipelineSync(connection_) == 0) fail("a pipeline");
  for (;;) {
    PGresult* result = PQgetResult(connection_);
    if (result == nullptr) continue;  // stands between two results
    const auto status = PQresultStatus(result);
    PQclear(result);
    if (status == PGRES_PIPELINE_SYNC) break;
    if (status != PGRES_COMMAND_OK) fail("a pipeline");
  }
  if (PQexitPipelineMode(connection_) == 0) fail("leaving a pipeline");
}

void BareSql::fail(const std::string& what) const {
  throw std::runtime_error("bare libpq: " + what + ": " + PQerrorMessage(connection_));
}

}  // namespace waybill::bench
