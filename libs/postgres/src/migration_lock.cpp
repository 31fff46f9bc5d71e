#include "migration_lock.hpp"

#include <poll.h>

#include <algorithm>
#include <string>

#include "waybill/base/backoff.hpp"
#include "waybill/postgres/migrations.hpp"
#include "waybill/postgres/rows.hpp"

namespace waybill::postgres {
namespace {

using namespace std::chrono_literals;

constexpr Sql try_lock = "SELECT pg_try_advisory_lock(8390879014871820919)";
constexpr Sql who_holds = R"(
  SELECT 'process ' || pid || ', application "' || coalesce(application_name, '') || '", since ' ||
         to_char(backend_start, 'HH24:MI:SS')
    FROM pg_locks JOIN pg_stat_activity USING (pid)
   WHERE locktype = 'advisory' AND granted AND datname = current_database()
     AND (classid::bigint << 32 | objid::bigint) = 8390879014871820919)";

/// A question takes no time to speak of, so one that is asked is waited for beyond the caller's deadline: cut
/// short, it would leave the caller without the name of who is in the way.
constexpr auto time_to_ask = 5s;

bool is_free(Connection& connection, base::Deadline deadline) {
  const auto limit = std::max(deadline, base::Deadline::after(time_to_ask));
  return read_rows<bool>(connection.run(try_lock, {}, limit), try_lock.text()).front();
}

std::string holder(Connection& connection) {
  const auto rows = read_rows<std::optional<std::string>>(
      connection.run(who_holds, {}, base::Deadline::after(time_to_ask)), who_holds.text());
  return rows.empty() ? "a process that is gone by now" : rows.front().value_or("a process of another user");
}

}  // namespace

void lock_migrations(Connection& connection, base::Deadline deadline) {
  // Asked for again and again instead of waited for: a session that waits in SQL holds a snapshot, and the
  // CREATE INDEX CONCURRENTLY of the one that has the lock would wait for it in turn.
  base::Backoff backoff({.initial = 50ms, .maximum = 500ms}, static_cast<std::uint64_t>(::getpid()));
  while (!is_free(connection, deadline)) {
    const auto wait = deadline.remaining_ms(backoff.next());
    ::poll(nullptr, 0, static_cast<int>(wait.count()));
    if (!deadline.passed()) continue;
    throw MigrationError("another session is migrating " + connection.endpoint().to_string() +
                         " and has not finished: " + holder(connection) +
                         ". Wait for it, or see in pg_stat_activity what it waits for");
  }
}

}  // namespace waybill::postgres
