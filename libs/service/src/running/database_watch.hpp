#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "waybill/base/clock.hpp"
#include "waybill/postgres/options.hpp"
#include "waybill/postgres/session.hpp"

namespace waybill::service {

/// A clock that is further off the database's would let it expire messages too early.
inline constexpr std::chrono::seconds most_off{60};

/// Why a clock that shows `ours` when the database's shows `theirs` cannot be worked with.
std::optional<std::string> why_clock_is_off(base::WallTime ours, base::WallTime theirs);

/// What a look at the database has shown.
struct DatabaseSeen {
  base::WallTime now{};  ///< by its clock
  /// How many messages wait in the outbox, counted up to the limit; nothing where they were not counted now.
  std::optional<std::int64_t> outbox_rows{};
};

/// Asks the database, again and again, whether it answers, on a session of its own: who works with the
/// database may have all other connections. One thread.
class DatabaseWatch {
 public:
  DatabaseWatch(postgres::Options options, std::int64_t count_up_to);

  /// Throws Fault when there is no answer within a few seconds.
  DatabaseSeen look();

 private:
  std::optional<std::int64_t> count();

  postgres::Options options_;
  const std::int64_t count_up_to_;
  std::optional<postgres::Session> session_;
  unsigned looks_ = 0;
};

}  // namespace waybill::service
