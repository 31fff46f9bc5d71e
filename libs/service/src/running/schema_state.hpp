#pragma once

#include <optional>
#include <span>
#include <string>

#include "waybill/postgres/migrations.hpp"

namespace waybill::service {

/// Why a program cannot work with a database whose tables stand so, and what to do; nothing when it can. It
/// can where a newer program has been before: tables are changed in ways that the older one does not notice.
std::optional<std::string> why_not_current(std::span<const postgres::MigrationStatus> steps,
                                           const std::string& program);

}  // namespace waybill::service
