#pragma once

#include <chrono>
#include <string>

#include "waybill/base/deadline.hpp"
#include "waybill/postgres/pool.hpp"
#include "waybill/servers/test_database.hpp"

namespace waybill::postgres::testing {

using namespace std::chrono_literals;

/// A database of its own for one test, and the options that lead to it.
class Database {
 public:
  const std::string& name() const { return database_.name(); }
  Options options() const {
    Options options;
    options.url = database_.url();
    options.application_name = "waybill-test";
    options.allow_unsafe_durability = true;
    return options;
  }
  std::string url_as(const std::string& user, const std::string& password) const {
    return database_.url_as(user, password);
  }
  /// Runs any statements, as the administrator, in this database.
  void run(const std::string& statements) const { database_.sql(statements); }

 private:
  servers::TestDatabase database_;
};

inline base::Deadline soon() { return base::Deadline::after(30s); }

}  // namespace waybill::postgres::testing
