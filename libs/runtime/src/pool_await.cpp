#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/execution.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/prefer.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "waybill/runtime/blocking_pool.hpp"

namespace waybill::runtime {
namespace {

namespace asio = boost::asio;

/// A coroutine that waits for a call: it is resumed once, on its own executor, by the end of the call or by
/// the timer. All members but the executor are used on that executor only.
template <class Handler>
struct Awaiting {
  asio::any_io_executor executor;
  std::optional<asio::steady_timer> deadline;
  std::optional<Handler> handler;

  void resume() {
    deadline.reset();
    auto resumed = std::move(*handler);
    handler.reset();
    resumed();
  }
};

/// Hands the call to the pool and arranges for the handler to be resumed. `refused` belongs to the coroutine
/// that waits.
struct Start {
  using Accept = std::function<std::optional<Refusal>(Job&)>;

  template <class Handler>
  void operator()(Handler&& handler, Accept accept, std::shared_ptr<PooledCall> call, base::Deadline begin_by,
                  std::optional<Refusal>* refused, Refusal late) const {
    using State = Awaiting<std::decay_t<Handler>>;
    const auto executor = asio::get_associated_executor(handler);
    const auto state = std::make_shared<State>();
    // Tracked, so that the loop does not run out of work while the function runs elsewhere.
    state->executor = asio::prefer(executor, asio::execution::outstanding_work.tracked);
    state->handler.emplace(std::forward<Handler>(handler));
    if (!begin_by.is_never()) {
      state->deadline.emplace(executor, begin_by.when());
      state->deadline->async_wait([state, call, refused, late](const boost::system::error_code& error) {
        if (error || !call->abandon()) return;
        *refused = late;
        state->resume();
      });
    }
    Job job([state, call] {
      if (call->execute()) asio::post(state->executor, [state] { state->resume(); });
    });
    if (auto why = accept(job); why && call->abandon()) {
      *refused = std::move(why);
      asio::post(state->executor, [state] { state->resume(); });
    }
  }
};

}  // namespace

asio::awaitable<void> BlockingPool::call_and_await(std::shared_ptr<PooledCall> call,
                                                   base::Deadline begin_by) {
  std::optional<Refusal> refused;
  const Start::Accept accept_now = [this](Job& job) { return accept(job); };
  const Refusal late = refusal(Refusal::Why::late);
  co_await asio::async_initiate<const asio::use_awaitable_t<>&, void()>(
      Start{}, asio::use_awaitable, accept_now, call, begin_by, &refused, late);
  if (refused) throw Refused(*std::move(refused));
}

}  // namespace waybill::runtime
