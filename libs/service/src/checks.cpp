#include "waybill/service/checks.hpp"

#include <algorithm>
#include <exception>
#include <tuple>

#include "running/database_watch.hpp"
#include "running/schema_state.hpp"
#include "waybill/base/clock.hpp"
#include "waybill/postgres/pool.hpp"

namespace waybill::service {
namespace {

using namespace std::chrono_literals;

constexpr auto check_within = 10s;
/// A step may build an index over a large table.
constexpr auto migrate_within = 1h;

}  // namespace

void check_database(const postgres::Options& database, std::span<const postgres::Migrations> modules,
                    const std::string& program, std::vector<CheckLine>& lines, const std::string& name) {
  const auto of = name.empty() ? name : " of " + name;
  try {
    postgres::Pool pool(database);
    const auto [version, now] = pool.transact(
        [](postgres::Tx& tx) {
          return tx.query_one<std::string, base::WallTime>(
              "SELECT current_setting('server_version') || ', database ' || current_database() || ', user ' "
              "|| "
              "current_user, clock_timestamp()");
        },
        base::Deadline::after(check_within));
    lines.push_back({"database" + of, true, "PostgreSQL " + version});
    const auto off = why_clock_is_off(base::system_clock().wall(), now);
    lines.push_back({"clock" + of, !off, off.value_or("within a minute of the database's")});
  } catch (const std::exception& fault) {
    return lines.push_back({"database" + of, false, fault.what()});
  }
  try {
    const auto steps = postgres::migration_status(database, modules, base::Deadline::after(check_within));
    const auto why_not = why_not_current(steps, program);
    lines.push_back({"tables" + of, !why_not,
                     why_not.value_or("all " + std::to_string(steps.size()) + " steps applied")});
  } catch (const std::exception& fault) {
    lines.push_back({"tables" + of, false, fault.what()});
  }
}

void check_broker(const BrokerSettings& settings, const std::optional<amqp::Topology>& topology,
                  std::vector<CheckLine>& lines) {
  const auto look = [&](const std::string& subject, const amqp::Topology& described,
                        const std::string& found) {
    try {
      amqp::set_up_topology(settings.broker, {described, amqp::TopologyMode::verify},
                            base::Deadline::after(check_within));
      lines.push_back({subject, true, found});
    } catch (const std::exception& fault) {
      lines.push_back({subject, false, fault.what()});
    }
  };
  look("broker", {}, "it takes us");
  if (!lines.back().is_good) return;
  if (!topology) {
    return lines.push_back({"topology", true, "nothing is described: there is no topology.manifest"});
  }
  if (settings.topology == TopologyUse::declare) {
    return lines.push_back({"topology", true, "what is missing is declared at the start: topology.mode"});
  }
  look("topology", *topology,
       std::to_string(topology->exchanges.size()) + " exchanges and " +
           std::to_string(topology->queues.size()) + " queues are there");
}

std::vector<std::string> migrate_database(const postgres::Options& database,
                                          std::span<const postgres::Migrations> modules) {
  std::vector<std::string> lines;
  for (const auto& step : postgres::migrate_up(database, modules, base::Deadline::after(migrate_within))) {
    lines.push_back(step.label());
  }
  return lines;
}

}  // namespace waybill::service
