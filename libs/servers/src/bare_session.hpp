#pragma once

#include <memory>
#include <string>

struct pg_conn;

namespace waybill::servers {

/// A session with PostgreSQL by bare libpq, so with none of the code under test. Concurrency: one thread at a
/// time.
class BareSession {
 public:
  /// Throws std::runtime_error when the server does not let it in.
  explicit BareSession(const std::string& url);

  /// What the statements answer, as psql prints it unaligned: a row a line, columns separated by '|', nothing
  /// for NULL. Throws std::runtime_error with the server's words when one fails; those behind it are not run,
  /// and what those before it did outside of a transaction is undone.
  std::string run(const std::string& statements);

  /// As good as new, for the next one to use: not within a transaction, and not ended by the server.
  bool reset();

 private:
  struct Finish {
    void operator()(pg_conn* connection) const noexcept;
  };
  std::unique_ptr<pg_conn, Finish> connection_;
};

}  // namespace waybill::servers
