#include <algorithm>

#include "connection.hpp"
#include "migration_lock.hpp"
#include "migration_plan.hpp"
#include "waybill/postgres/migrations.hpp"
#include "waybill/postgres/rows.hpp"

namespace waybill::postgres {
namespace {

using namespace std::chrono_literals;

constexpr Sql begin_step = "BEGIN ISOLATION LEVEL READ COMMITTED, READ WRITE";
constexpr Sql find_table = "SELECT to_regclass('waybill.migration') IS NOT NULL";
constexpr Sql make_schema = "CREATE SCHEMA IF NOT EXISTS waybill";
constexpr Sql make_table = R"(
  CREATE TABLE IF NOT EXISTS waybill.migration (
    module text NOT NULL,
    number integer NOT NULL,
    name text NOT NULL,
    checksum text NOT NULL,
    applied_at timestamptz,
    PRIMARY KEY (module, number)))";
constexpr Sql read_all = "SELECT module, number, name, checksum, applied_at FROM waybill.migration";
constexpr Sql record = R"(
  INSERT INTO waybill.migration (module, number, name, checksum, applied_at)
  VALUES ($1, $2, $3, $4, CASE WHEN $5 THEN now() END))";
constexpr Sql record_end =
    "UPDATE waybill.migration SET applied_at = now() WHERE module = $1 AND number = $2";

template <class... P>
Result run(Connection& connection, base::Deadline deadline, Sql sql, const P&... parameters) {
  return connection.run(sql, Parameters<P...>(parameters...).list(), deadline);
}

/// A transaction of the runner's own; rolled back unless it is committed.
class Step {
 public:
  explicit Step(Connection& connection) : connection_(connection) { connection_.begin(begin_step); }
  ~Step() { connection_.rollback(); }
  Step(const Step&) = delete;
  Step& operator=(const Step&) = delete;
  void commit(base::Deadline deadline) { connection_.commit(deadline); }

 private:
  Connection& connection_;
};

bool has_table(Connection& connection, base::Deadline deadline) {
  return read_rows<bool>(run(connection, deadline, find_table), find_table.text()).front();
}

std::vector<AppliedMigration> read_applied(Connection& connection, base::Deadline deadline) {
  std::vector<AppliedMigration> applied;
  if (!has_table(connection, deadline)) return applied;
  auto rows = read_rows<std::string, std::int32_t, std::string, std::string, std::optional<base::WallTime>>(
      run(connection, deadline, read_all), read_all.text());
  for (auto& [module, number, name, checksum, applied_at] : rows)
    applied.push_back({std::move(module), number, std::move(name), std::move(checksum), applied_at});
  return applied;
}

std::vector<MigrationStatus> compare_all(std::span<const Migrations> modules,
                                         std::span<const AppliedMigration> applied) {
  std::vector<MigrationStatus> all;
  for (const Migrations& module : modules) {
    auto status = compare(module, applied);
    std::ranges::move(status, std::back_inserter(all));
  }
  return all;
}

std::string name_of(const std::string& module, const Migration& step) {
  return module + "'s migration " + step.label();
}

void make_own_table(Connection& connection, base::Deadline deadline) {
  if (has_table(connection, deadline)) return;
  Step step(connection);
  run(connection, deadline, make_schema);
  run(connection, deadline, make_table);
  step.commit(deadline);
}

void apply_in_transaction(Connection& connection, const std::string& module, const Migration& migration,
                          base::Deadline deadline) {
  Step step(connection);
  run(connection, deadline, record, module, migration.number, migration.name, migration.checksum(), true);
  try {
    connection.run_script(migration.sql, deadline);
  } catch (const Fault& fault) {
    if (fault.connection_lost()) throw;
    throw MigrationError(name_of(module, migration) +
                         " failed; nothing of it is in the database: " + fault.what());
  }
  if (!connection.in_transaction()) {
    throw MigrationError(
        name_of(module, migration) +
        " ends its own transaction: a COMMIT or ROLLBACK stands in it. Take it out, see what the migration "
        "has left in the database, and put a statement that must stand alone into a migration with the "
        "line \"-- waybill: no transaction\"");
  }
  step.commit(deadline);
}

void apply_alone(Connection& connection, const std::string& module, const Migration& migration,
                 base::Deadline deadline) {
  // Recorded before and after: whoever finds only the first half knows that it did not finish.
  run(connection, deadline, record, module, migration.number, migration.name, migration.checksum(), false);
  try {
    connection.run_script(migration.sql, deadline);
  } catch (const Fault& fault) {
    if (fault.connection_lost()) throw;
    throw MigrationError(
        name_of(module, migration) +
        " failed, and since it runs without a transaction, a part of it may be in the database: " +
        fault.what() +
        ". Take that part out by hand (an index that CREATE INDEX CONCURRENTLY left is INVALID, and must "
        "be dropped), then DELETE FROM waybill.migration WHERE module = '" +
        module + "' AND number = " + std::to_string(migration.number) + ", and migrate again");
  }
  run(connection, deadline, record_end, module, migration.number);
}

Options for_migrating(Options options) {
  options.statement_timeout = 0ms;
  options.idle_in_transaction_session_timeout = 0ms;
  return options;
}

}  // namespace

std::vector<MigrationStatus> migrate_up(const Options& options, std::span<const Migrations> modules,
                                        base::Deadline deadline) {
  Connection connection(for_migrating(options), deadline);
  lock_migrations(connection, deadline);
  const auto status = compare_all(modules, read_applied(connection, deadline));
  refuse_what_is_wrong(status, connection.endpoint().to_string());

  std::vector<MigrationStatus> done;
  for (const Migrations& module : modules) {
    for (const Migration& migration : module.steps) {
      const auto pending = std::ranges::find_if(status, [&](const MigrationStatus& each) {
        return each.module == module.module && each.number == migration.number &&
               each.state == MigrationState::pending;
      });
      if (pending == status.end()) continue;
      make_own_table(connection, deadline);
      if (migration.in_transaction()) {
        apply_in_transaction(connection, module.module, migration, deadline);
      } else {
        apply_alone(connection, module.module, migration, deadline);
      }
      done.push_back(*pending);
      done.back().state = MigrationState::applied;
    }
  }
  return done;
}

std::vector<MigrationStatus> migration_status(const Options& options, std::span<const Migrations> modules,
                                              base::Deadline deadline) {
  Connection connection(options, deadline);
  return compare_all(modules, read_applied(connection, deadline));
}

}  // namespace waybill::postgres
