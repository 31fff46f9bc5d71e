#pragma once

#include <memory>
#include <string>

namespace waybill::servers {

/// An empty database of its own for one test, on the PostgreSQL server that the test run shares
/// (WAYBILL_POSTGRES_URL).
///
/// Promises: nobody else knows its name; it is dropped at the end, also when connections to it are still
/// open. Does not promise: to be dropped when the test's process is killed; `scripts/stack reset` clears up.
/// Whatever fails is a std::runtime_error that says what to do.
/// Concurrency: any thread.
class TestDatabase {
 public:
  TestDatabase();
  ~TestDatabase();
  TestDatabase(const TestDatabase&) = delete;
  TestDatabase& operator=(const TestDatabase&) = delete;

  const std::string& name() const { return name_; }
  /// As a superuser.
  const std::string& url() const { return url_; }
  /// As another user, or with another password.
  std::string url_as(const std::string& user, const std::string& password) const;

  /// Runs statements by bare libpq, so with none of the code under test, and returns what psql would print:
  /// a row a line, columns separated by '|'. Throws when one of them fails. Each call finds a session as good
  /// as new, but that it knows of no setting which was given to its role or database after the first call.
  std::string sql(const std::string& statements) const;

 private:
  struct Sessions;

  std::string name_;
  std::string url_;
  std::unique_ptr<Sessions> sessions_;
};

}  // namespace waybill::servers
