#pragma once

#include <chrono>
#include <filesystem>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "waybill/base/clock.hpp"
#include "waybill/base/deadline.hpp"
#include "waybill/postgres/options.hpp"

namespace waybill::postgres {

/// One step of a module's tables: a file 0001_name.sql. It runs in a transaction of its own, unless a line of
/// it is
/// `-- waybill: no transaction` (for CREATE INDEX CONCURRENTLY); then it is one statement.
struct Migration {
  int number = 0;
  std::string name;
  std::string sql;

  /// 0001_name
  std::string label() const;
  /// SHA-256 of the text, in hexadecimal; line ends of either kind count the same.
  std::string checksum() const;
  bool in_transaction() const;
};

/// What one module, a library or a service, brings along for its database, ordered by number.
struct Migrations {
  std::string module;
  std::vector<Migration> steps;
};

/// Migrations that can't be applied; the text says which, why, and what to do.
class MigrationError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Orders files (name, text) into migrations. Throws MigrationError for a name that is not 0001_name.sql or a
/// number that comes twice. Used by the code that add_migrations() of CMake generates.
Migrations make_migrations(std::string module,
                           std::span<const std::pair<std::string_view, std::string_view>> files);

/// The same for the .sql files of a folder.
Migrations read_migrations(std::string module, const std::filesystem::path& directory);

enum class MigrationState {
  applied,
  pending,
  unfinished,  ///< it was begun without a transaction, and its end was never recorded
  changed,     ///< applied, but its text is another one now
  removed,     ///< applied, but not among the program's
  too_late,    ///< pending, but numbered before one that is applied
};

std::string_view to_string(MigrationState state);

struct MigrationStatus {
  std::string module;
  int number = 0;
  std::string name;
  MigrationState state = MigrationState::pending;
  std::optional<base::WallTime> applied_at = {};

  /// "outbox 0001_outbox"
  std::string label() const;
  friend bool operator==(const MigrationStatus&, const MigrationStatus&) = default;
};

/// Applies what is pending, module after module, and says what that was.
///
/// Promises: each step is applied once, also when several processes migrate at the same time: one does it,
/// the others wait (until the deadline) and find it done. Each is recorded, with its checksum, in
/// waybill.migration, in the transaction that applies it. Before anything is applied, all is checked: a step
/// that was changed, removed, left unfinished, or comes too late is a MigrationError. Where nothing is
/// pending, no right to change tables is needed. Does not promise: to undo a step without a transaction that
/// failed; the error says how to go on. The statements have no time limit but the deadline. Throws Fault when
/// the database can't be reached or in doubt; to call it again is always right.
std::vector<MigrationStatus> migrate_up(const Options& options, std::span<const Migrations> modules,
                                        base::Deadline deadline);

/// How the steps of these modules stand, without changing anything.
std::vector<MigrationStatus> migration_status(const Options& options, std::span<const Migrations> modules,
                                              base::Deadline deadline);

}  // namespace waybill::postgres
