#pragma once

#include <chrono>
#include <string>

#include "waybill/base/deadline.hpp"
#include "waybill/postgres/pool.hpp"

namespace waybill::postgres::testing {

using namespace std::chrono_literals;

/// The URL in WAYBILL_POSTGRES_URL; a failed test that says what to do, when it is not there.
std::string server_url();

/// A database of its own for one test, dropped with it.
class Database {
 public:
  Database();
  ~Database();
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  const std::string& name() const { return name_; }
  Options options() const;
  /// Another user, password, host and port, or database, in place of what the URL has.
  static std::string url_with(const std::string& user, const std::string& password, const std::string& where,
                              const std::string& database);
  /// Runs any statements, as the administrator, in this database.
  void run(const std::string& script) const;

 private:
  std::string name_;
};

inline base::Deadline soon() { return base::Deadline::after(30s); }

}  // namespace waybill::postgres::testing
