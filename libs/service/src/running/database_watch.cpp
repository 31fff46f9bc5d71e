#include "database_watch.hpp"

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <tuple>

#include "waybill/base/clock.hpp"
#include "waybill/postgres/async.hpp"

namespace waybill::service {
namespace {

/// No more are counted than it takes to know that there are too many.
constexpr postgres::Sql look =
    "SELECT clock_timestamp(), (SELECT count(*) FROM (SELECT FROM waybill.outbox LIMIT $1) AS counted)";

using Seen = std::tuple<base::WallTime, std::int64_t>;

boost::asio::awaitable<std::optional<Seen>> ask(postgres::Pool& pool, std::int64_t limit, std::string& fault,
                                                std::chrono::milliseconds within) {
  const auto query = [limit](postgres::Tx& tx) {
    return tx.query_one<base::WallTime, std::int64_t>(look, limit);
  };
  try {
    co_return co_await postgres::transact_async(pool, query, base::Deadline::after(within));
  } catch (const std::exception& error) {
    fault = error.what();
  }
  co_return std::nullopt;
}

}  // namespace

std::optional<std::string> why_clock_is_off(base::WallTime ours, base::WallTime theirs) {
  const auto off = std::chrono::duration_cast<std::chrono::seconds>(ours - theirs);
  if (std::chrono::abs(off) <= most_off) return std::nullopt;
  return "this machine's clock is " + std::to_string(std::chrono::abs(off).count()) + " s " +
         (off.count() > 0 ? "ahead of" : "behind") + " the database's; set the one that is wrong";
}

boost::asio::awaitable<void> DatabaseWatch::run(postgres::Pool& pool, std::shared_ptr<DatabaseWatch> watch) {
  boost::asio::steady_timer pause(co_await boost::asio::this_coro::executor);
  for (;;) {
    std::string fault;
    const auto seen = co_await ask(pool, watch->outbox_limit + 1, fault, 5 * watch->every);
    if (!seen) {
      watch->database.not_ready(fault);
    } else {
      watch->database.ready();
      const auto off = why_clock_is_off(base::system_clock().wall(), std::get<0>(*seen));
      off ? watch->clock.not_ready(*off) : watch->clock.ready();
      watch->outbox_rows(std::get<1>(*seen));
    }
    pause.expires_after(watch->every);
    co_await pause.async_wait(boost::asio::use_awaitable);
  }
}

}  // namespace waybill::service
