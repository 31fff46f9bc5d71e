#include "migration_plan.hpp"

#include <algorithm>
#include <map>

namespace waybill::postgres {
namespace {

MigrationState state_of(const Migration& step, const AppliedMigration* row, int highest_applied) {
  if (row == nullptr)
    return step.number < highest_applied ? MigrationState::too_late : MigrationState::pending;
  if (!row->applied_at) return MigrationState::unfinished;
  const bool same = row->checksum == step.checksum() && row->name == step.name;
  return same ? MigrationState::applied : MigrationState::changed;
}

std::string label_of(const MigrationStatus& status) {
  return status.module + "'s migration " + Migration{status.number, status.name, {}}.label();
}

std::string row_of(const MigrationStatus& status) {
  return "waybill.migration WHERE module = '" + status.module +
         "' AND number = " + std::to_string(status.number);
}

std::string complaint(const MigrationStatus& status, const std::string& where) {
  const std::string which = label_of(status);
  switch (status.state) {
    case MigrationState::changed:
      return which + " was changed after it had been applied to " + where +
             ". Put its text back as it was, and make the change in a new migration";
    case MigrationState::removed:
      return which + " was applied to " + where +
             " but is not among this program's. Put the file back, or run the newer program that has it";
    case MigrationState::too_late:
      return which + " is new, but numbered before one that is applied to " + where +
             " already. Give it the next number";
    case MigrationState::unfinished:
      return which + " was begun on " + where +
             " without a transaction and did not finish. See how far it came (an index that CREATE INDEX "
             "CONCURRENTLY left "
             "is INVALID, and must be dropped). Then have it run again: DELETE FROM " +
             row_of(status) +
             ", or, if all of it is there, record it as done: UPDATE waybill.migration SET applied_at = "
             "now()" +
             row_of(status).substr(std::string_view{"waybill.migration"}.size());
    case MigrationState::applied:
    case MigrationState::pending:
      break;
  }
  return {};
}

}  // namespace

std::string_view to_string(MigrationState state) {
  switch (state) {
    case MigrationState::applied:
      return "applied";
    case MigrationState::pending:
      return "pending";
    case MigrationState::unfinished:
      return "unfinished";
    case MigrationState::changed:
      return "changed";
    case MigrationState::removed:
      return "removed";
    case MigrationState::too_late:
      return "too late";
  }
  return "?";
}

std::vector<MigrationStatus> compare(const Migrations& module, std::span<const AppliedMigration> applied) {
  std::map<int, const AppliedMigration*> rows;
  for (const auto& row : applied) {
    if (row.module == module.module) rows.emplace(row.number, &row);
  }
  const int highest = rows.empty() ? 0 : rows.rbegin()->first;

  std::vector<MigrationStatus> status;
  for (const Migration& step : module.steps) {
    const auto found = rows.find(step.number);
    const AppliedMigration* const row = found == rows.end() ? nullptr : found->second;
    status.push_back({.module = module.module,
                      .number = step.number,
                      .name = step.name,
                      .state = state_of(step, row, highest),
                      .applied_at = row == nullptr ? std::nullopt : row->applied_at});
    if (row != nullptr) rows.erase(found);
  }
  for (const auto& [number, row] : rows) {
    status.push_back({.module = module.module,
                      .number = number,
                      .name = row->name,
                      .state = MigrationState::removed,
                      .applied_at = row->applied_at});
  }
  std::ranges::sort(status, {}, &MigrationStatus::number);
  return status;
}

void refuse_what_is_wrong(std::span<const MigrationStatus> status, const std::string& where) {
  for (const MigrationStatus& each : status) {
    const std::string text = complaint(each, where);
    if (!text.empty()) throw MigrationError(text);
  }
}

}  // namespace waybill::postgres
