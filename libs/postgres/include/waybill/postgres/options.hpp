#pragma once

#include <chrono>
#include <cstddef>
#include <string>

namespace waybill::postgres {

/// How a process reaches one database. Every wait has a bound here; zero is allowed only where it says so.
struct Options {
  /// postgresql://user:password@host:port/database, with libpq's parameters (sslmode, sslrootcert …) behind a
  /// '?'.
  std::string url{};
  /// What pg_stat_activity shows; left to the URL when empty.
  std::string application_name{};
  /// How many connections, at most, are open at a time.
  std::size_t connections = 4;

  std::chrono::milliseconds connect_timeout{5'000};
  /// How long a transaction waits for one of the pool's connections, if its own deadline is not earlier.
  std::chrono::milliseconds acquire_timeout{10'000};

  /// The server ends what takes longer. Zero for statement_timeout and idle_in_transaction_session_timeout
  /// means no limit, which is for migrations; a server that goes silent is then noticed only by TCP.
  std::chrono::milliseconds statement_timeout{30'000};
  std::chrono::milliseconds lock_timeout{10'000};
  std::chrono::milliseconds idle_in_transaction_session_timeout{60'000};

  /// How often, at most, transact() runs a transaction that lost to another one (40001, 40P01), the first
  /// time included.
  std::size_t attempts = 10;

  /// A server with fsync, full_page_writes or synchronous_commit off forgets commits when it crashes, so it
  /// is refused; true takes it all the same, for tests and for data that may be lost.
  bool allow_unsafe_durability = false;
};

}  // namespace waybill::postgres
