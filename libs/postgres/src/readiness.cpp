#include "waybill/postgres/readiness.hpp"

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "waybill/postgres/async.hpp"

namespace waybill::postgres {
namespace {

void select_one(Tx& tx) { tx.query_one<int>("SELECT 1"); }

}  // namespace

boost::asio::awaitable<void> report_readiness(Pool& pool, telemetry::Health::Component component,
                                              std::chrono::milliseconds interval) {
  boost::asio::steady_timer timer(co_await boost::asio::this_coro::executor);
  for (;;) {
    timer.expires_after(interval);
    try {
      co_await transact_async(pool, select_one, base::Deadline::after(interval));
      component.ready();
    } catch (const Fault& fault) {
      component.not_ready(fault.what());
    }
    co_await timer.async_wait(boost::asio::use_awaitable);
  }
}

}  // namespace waybill::postgres
