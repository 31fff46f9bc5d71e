#include "work_done.hpp"

#include <sstream>
#include <stdexcept>

#include "waybill/testkit/eventually.hpp"

namespace waybill::bench {
namespace {

struct Expected {
  double least = 0;
  double most = 0;
};

/// Of one order. Where a batch writes a row once for all of its orders, it is between next to nothing and so
/// many.
const std::map<std::string, Expected> rows_of_an_order{
    {"order orders inserted", {1, 1}},
    {"order orders updated", {1, 1}},
    {"order idempotency inserted", {1, 1}},
    {"order saga inserted", {1, 1}},
    {"order saga updated", {3, 3}},
    {"order saga_journal inserted", {4, 4}},
    {"order inbox inserted", {3, 3}},
    {"order outbox inserted", {5, 5}},
    {"order outbox deleted", {5, 5}},
    {"order outbox_sent inserted", {2, 2}},
    {"inventory reservation inserted", {1, 1}},
    {"inventory reservation updated", {1, 1}},
    {"inventory product updated", {0.001, 4}},
    {"inventory inbox inserted", {2, 2}},
    {"inventory outbox inserted", {2, 2}},
    {"inventory outbox deleted", {2, 2}},
    {"payment payment inserted", {1, 1}},
    {"payment ledger_transfer inserted", {1, 1}},
    {"payment inbox inserted", {1, 1}},
    {"payment outbox inserted", {1, 1}},
    {"payment outbox deleted", {1, 1}},
    {"notification notification inserted", {2, 2}},
    {"notification notification updated", {2, 2}},
    {"notification inbox inserted", {4, 4}},
    {"notification outbox inserted", {2, 2}},
    {"notification outbox deleted", {2, 2}},
    {"notification outbox_sent inserted", {2, 2}},
    {"analytics order_status inserted", {1, 1}},
    {"analytics order_status updated", {1, 1}},
    {"analytics order_count inserted", {0, 1}},
    {"analytics order_count updated", {0.001, 3}},
    {"analytics revenue_by_day inserted", {0, 1}},
    {"analytics revenue_by_day updated", {0.001, 1}},
    {"analytics inbox inserted", {2, 2}},
};

/// What is written at the start, and now and then, whatever orders there are.
bool is_housekeeping(const std::string& row) {
  return row == "inventory product inserted" || row.find(" migration ") != std::string::npos ||
         row.find(" binding_watch ") != std::string::npos || row.find(" inbox_keep ") != std::string::npos;
}

// Partitions are named after their day, and count as one table.
constexpr auto books =
    "SELECT regexp_replace(relname, '_[0-9]{8}$', '') AS name, sum(n_tup_ins), sum(n_tup_upd), "
    "sum(n_tup_del) "
    "FROM pg_stat_user_tables GROUP BY name";

}  // namespace

WorkDone::Rows WorkDone::read() const {
  Rows rows;
  for (const std::string service : shop_services) {
    std::istringstream lines(databases_.of(service).sql(books));
    for (std::string line; std::getline(lines, line);) {
      std::istringstream columns(line);
      std::string table;
      std::getline(columns, table, '|');
      for (const auto* const what : {"inserted", "updated", "deleted"}) {
        std::string count;
        std::getline(columns, count, '|');
        std::string name = service;
        name.append(" ").append(table).append(" ").append(what);
        rows[name] = std::stod(count);
      }
    }
  }
  return rows;
}

void WorkDone::check(std::size_t orders) const {
  std::string found;
  // Sessions write their books down with a delay.
  const auto agrees = [&] { return (found = differences(orders)).empty(); };
  if (!testkit::eventually(agrees, std::chrono::seconds{15})) {
    throw std::runtime_error("the rows of " + std::to_string(orders) +
                             " orders are not what docs/benchmarks.md says:" + found);
  }
}

std::string WorkDone::differences(std::size_t orders) const {
  // What a rolled-back batch has written is counted as well.
  constexpr double tolerance = 1.03;
  auto rows = read();
  for (const auto& [row, before] : before_) rows[row] -= before;
  const auto count = static_cast<double>(orders);
  std::ostringstream told;
  for (const auto& [row, expected] : rows_of_an_order) {
    const auto found = rows[row] / count;
    if (found < expected.least || found > expected.most * tolerance + 2 / count) {
      told << "\n  " << row << ": " << found << " an order instead of " << expected.least;
      if (expected.most != expected.least) told << " to " << expected.most;
    }
  }
  for (const auto& [row, found] : rows) {
    if (found / count > tolerance - 1 && !rows_of_an_order.contains(row) && !is_housekeeping(row)) {
      told << "\n  " << row << ": " << found / count << " an order, and nobody knows of it";
    }
  }
  return told.str();
}

}  // namespace waybill::bench
