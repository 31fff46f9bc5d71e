#pragma once

#include <span>
#include <string>
#include <vector>

#include "waybill/postgres/migrations.hpp"

namespace waybill::postgres {

/// A row of waybill.migration. One that has no time was begun without a transaction and not finished.
struct AppliedMigration {
  std::string module;
  int number = 0;
  std::string name;
  std::string checksum;
  std::optional<base::WallTime> applied_at;
};

/// How a module stands, in the order of numbers. Pure.
std::vector<MigrationStatus> compare(const Migrations& module, std::span<const AppliedMigration> applied);

/// Throws MigrationError for the first step that stands in the way. `where` is the database, for the text.
/// Pure.
void refuse_what_is_wrong(std::span<const MigrationStatus> status, const std::string& where);

}  // namespace waybill::postgres
