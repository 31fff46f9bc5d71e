#pragma once

#include <boost/asio/awaitable.hpp>
#include <type_traits>
#include <utility>

#include "waybill/base/deadline.hpp"
#include "waybill/postgres/pool.hpp"
#include "waybill/runtime/blocking_pool.hpp"

namespace waybill::postgres {

/// Pool::transact() on one of the pool's own threads, for coroutines: the caller goes on, on its own
/// executor, when the transaction has ended. The function belongs to the call; what it refers to must live
/// until then.
///
/// Promises and faults are those of transact(); when every thread has more waiting than it will do, or none
/// is free before the deadline, the Fault is unavailable, and nothing has run.
template <class F>
boost::asio::awaitable<std::invoke_result_t<F&, Tx&>> transact_async(
    Pool& pool, F function, base::Deadline deadline, Isolation isolation = Isolation::read_committed) {
  auto work = [&pool, &function, deadline, isolation] {
    return pool.transact(function, deadline, isolation);
  };
  try {
    co_return co_await pool.threads().run(std::move(work), deadline);
  } catch (const runtime::Refused& refused) {
    throw Fault(FaultKind::unavailable, refused.what());
  }
}

}  // namespace waybill::postgres
