#pragma once

#include <boost/asio/awaitable.hpp>
#include <chrono>

#include "waybill/postgres/pool.hpp"
#include "waybill/telemetry/health.hpp"

namespace waybill::postgres {

/// A task for the event loop that asks the database for an answer, at once and then every interval, and tells
/// the component: ready, or the fault's text. An answer may take as long as an interval. It never ends by
/// itself.
///   loop.spawn("database readiness", report_readiness(pool, health.component("database"), 5s));
boost::asio::awaitable<void> report_readiness(Pool& pool, telemetry::Health::Component component,
                                              std::chrono::milliseconds interval);

}  // namespace waybill::postgres
