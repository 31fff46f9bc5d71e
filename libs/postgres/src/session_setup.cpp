#include "session_setup.hpp"

#include <string>

#include "connection.hpp"
#include "waybill/postgres/rows.hpp"

namespace waybill::postgres {
namespace {

constexpr Sql set_and_show = R"(
  SELECT current_setting('fsync'), current_setting('full_page_writes'), current_setting('synchronous_commit')
    FROM (SELECT set_config('statement_timeout', $1, false),
                 set_config('lock_timeout', $2, false),
                 set_config('idle_in_transaction_session_timeout', $3, false),
                 set_config('client_connection_check_interval', '1000', false),
                 set_config('TimeZone', 'UTC', false)) AS settings)";

struct Durability {
  std::string fsync;
  std::string full_page_writes;
  std::string synchronous_commit;
  static constexpr auto columns =
      postgres::columns(&Durability::fsync, &Durability::full_page_writes, &Durability::synchronous_commit);
};

std::string what_is_off(const Durability& durability) {
  std::string off;
  const auto add = [&off](const std::string& value, const char* name) {
    if (value == "off") off += (off.empty() ? "" : ", ") + std::string{name};
  };
  add(durability.fsync, "fsync");
  add(durability.full_page_writes, "full_page_writes");
  add(durability.synchronous_commit, "synchronous_commit");
  return off;
}

}  // namespace

void set_up_session(Connection& connection, const Options& options, base::Deadline deadline) {
  const std::string statement_ms = std::to_string(options.statement_timeout.count());
  const std::string lock_ms = std::to_string(options.lock_timeout.count());
  const std::string idle_ms = std::to_string(options.idle_in_transaction_session_timeout.count());
  const Parameters<std::string, std::string, std::string> parameters(statement_ms, lock_ms, idle_ms);
  const Result result = connection.run(set_and_show, parameters.list(), deadline);
  const auto rows = read_rows<Durability>(result, set_and_show.text());
  const std::string off = what_is_off(rows.at(0));
  if (off.empty() || options.allow_unsafe_durability) return;
  throw Fault(FaultKind::unavailable, "PostgreSQL at " + connection.endpoint().to_string() + " has " + off +
                                          " off, so a crash would lose what it has confirmed. Turn it on, or "
                                          "set allow_unsafe_durability where "
                                          "data may be lost");
}

}  // namespace waybill::postgres
