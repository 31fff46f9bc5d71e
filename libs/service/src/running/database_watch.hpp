#pragma once

#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "waybill/postgres/pool.hpp"
#include "waybill/telemetry/health.hpp"

namespace waybill::service {

/// A clock that is further off the database's would let it expire messages too early.
inline constexpr std::chrono::seconds most_off{60};

/// Why a clock that shows `ours` when the database's shows `theirs` cannot be worked with.
std::optional<std::string> why_clock_is_off(base::WallTime ours, base::WallTime theirs);

/// What is asked of the database again and again while a service runs: whether it answers, what time it is,
/// how much waits to be sent.
struct DatabaseWatch {
  telemetry::Health::Component database;
  telemetry::Health::Component clock;
  std::function<void(std::int64_t)> outbox_rows;
  std::int64_t outbox_limit = 0;
  std::chrono::milliseconds every{1'000};

  /// Does not end by itself.
  static boost::asio::awaitable<void> run(postgres::Pool& pool, std::shared_ptr<DatabaseWatch> watch);
};

}  // namespace waybill::service
