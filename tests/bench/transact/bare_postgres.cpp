#include "bare_postgres.hpp"

#include <arpa/inet.h>

#include <array>
#include <cstdint>
#include <stdexcept>

#include "figures.hpp"

namespace waybill::bench {
namespace {

constexpr std::uint32_t text_oid = 25;
constexpr std::uint32_t bytea_oid = 17;

void append(std::string& out, std::uint32_t number) {
  const std::uint32_t big_endian = htonl(number);
  out.append(reinterpret_cast<const char*>(&big_endian), sizeof big_endian);
}

// PostgreSQL's binary form of a one-dimensional array without NULLs.
void encode_array(std::string& out, std::uint32_t element_oid, std::span<const std::string> values) {
  out.clear();
  for (const std::uint32_t head : {1U, 0U, element_oid, static_cast<std::uint32_t>(values.size()), 1U})
    append(out, head);
  for (const auto& value : values) {
    append(out, static_cast<std::uint32_t>(value.size()));
    out.append(value);
  }
}

}  // namespace

BarePostgres::BarePostgres() : connection_(PQconnectdb(need_environment("WAYBILL_POSTGRES_URL").c_str())) {
  if (PQstatus(connection_) != CONNECTION_OK) {
    const std::string text = PQerrorMessage(connection_);
    PQfinish(connection_);
    throw std::runtime_error("bare libpq: " + text);
  }
}

BarePostgres::~BarePostgres() { PQfinish(connection_); }

void BarePostgres::create_table(const std::string& table) {
  run("CREATE TABLE " + table +
      " (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, key text, payload bytea)");
}

void BarePostgres::drop_table(const std::string& table) { run("DROP TABLE " + table); }

void BarePostgres::prepare(const std::string& table) {
  const std::string insert = "INSERT INTO " + table + " (key, payload) ";
  check(PQprepare(connection_, "one", (insert + "VALUES ($1::text, $2::bytea)").c_str(), 0, nullptr),
        "preparing");
  check(PQprepare(connection_, "many", (insert + "SELECT * FROM unnest($1::text[], $2::bytea[])").c_str(), 0,
                  nullptr),
        "preparing");
}

void BarePostgres::insert_one(const std::string& key, const std::string& payload) {
  const std::array parameters{key, payload};
  run("BEGIN");
  execute_prepared("one", parameters);
  run("COMMIT");
}

void BarePostgres::insert_many(std::span<const std::string> keys, std::span<const std::string> payloads) {
  std::array<std::string, 2> parameters{std::move(keys_array_), std::move(payloads_array_)};
  encode_array(parameters[0], text_oid, keys);
  encode_array(parameters[1], bytea_oid, payloads);
  run("BEGIN");
  execute_prepared("many", parameters);
  run("COMMIT");
  keys_array_ = std::move(parameters[0]);
  payloads_array_ = std::move(parameters[1]);
}

void BarePostgres::run(const std::string& sql) { check(PQexec(connection_, sql.c_str()), sql.c_str()); }

void BarePostgres::execute_prepared(const char* name, std::span<const std::string> parameters) {
  std::array<const char*, 2> values{};
  std::array<int, 2> lengths{};
  constexpr std::array<int, 2> binary{1, 1};
  for (std::size_t i = 0; i < values.size(); ++i) {
    values[i] = parameters[i].data();
    lengths[i] = static_cast<int>(parameters[i].size());
  }
  check(PQexecPrepared(connection_, name, 2, values.data(), lengths.data(), binary.data(), 1), "inserting");
}

void BarePostgres::check(PGresult* result, const char* doing) {
  const ExecStatusType status = PQresultStatus(result);
  PQclear(result);
  if (status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK) return;
  throw std::runtime_error(std::string("bare libpq: ") + doing + ": " + PQerrorMessage(connection_));
}

}  // namespace waybill::bench
