#pragma once

#include <libpq-fe.h>

#include <span>
#include <string>

namespace waybill::bench {

/// BEGIN, one prepared INSERT and COMMIT over plain libpq, in binary where that is the cheapest.
class BarePostgres {
 public:
  BarePostgres();
  ~BarePostgres();
  BarePostgres(const BarePostgres&) = delete;
  BarePostgres& operator=(const BarePostgres&) = delete;

  void create_table(const std::string& table);
  void drop_table(const std::string& table);
  /// Prepares the two inserts below.
  void prepare(const std::string& table);

  void insert_one(const std::string& key, const std::string& payload);
  void insert_many(std::span<const std::string> keys, std::span<const std::string> payloads);

 private:
  void run(const std::string& sql);
  void execute_prepared(const char* name, std::span<const std::string> parameters);
  void check(PGresult* result, const char* doing);

  PGconn* connection_;
  std::string keys_array_;
  std::string payloads_array_;
};

}  // namespace waybill::bench
