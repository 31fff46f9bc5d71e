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
/// the timer.
template <class Handler>
class Awaiting {
 public:
  Awaiting(Handler handler, base::Deadline begin_by)
      : executor_(
            asio::prefer(asio::get_associated_executor(handler), asio::execution::outstanding_work.tracked)),
        handler_(std::move(handler)),
        deadline_(executor_, begin_by.when()) {}

  /// On the coroutine's executor. `late` is told when it is the deadline that comes first.
  template <class Late>
  void await_deadline(Late late) {
    deadline_.async_wait([late = std::move(late)](const boost::system::error_code& error) {
      if (!error) late();
    });
  }

  /// From any thread. The executor is a tracked one, so that the loop does not run out of work before.
  static void resume(const std::shared_ptr<Awaiting>& awaiting) {
    asio::post(awaiting->executor_, [awaiting] {
      awaiting->deadline_.cancel();
      auto handler = std::move(awaiting->handler_);
      handler();
    });
  }

 private:
  asio::any_io_executor executor_;
  Handler handler_;
  asio::steady_timer deadline_;
};

/// What the coroutine that waits has for those who resume it. It lives in its frame.
struct Request {
  std::shared_ptr<PooledCall> call;
  base::Deadline begin_by;
  std::function<std::optional<Refusal>()> accept;
  Refusal late;
  std::optional<Refusal> refused;
};

/// Hands the call to the pool and arranges for the handler to be resumed.
struct Start {
  template <class Handler>
  void operator()(Handler&& handler, Request* request) const {
    using State = Awaiting<std::decay_t<Handler>>;
    const auto state = std::make_shared<State>(std::forward<Handler>(handler), request->begin_by);
    if (!request->begin_by.is_never()) {
      state->await_deadline([state, request, call = request->call] {
        if (!call->abandon()) return;
        request->refused = request->late;
        State::resume(state);
      });
    }
    request->call->on_end([state] { State::resume(state); });
    auto refused = request->accept();
    if (refused && request->call->abandon()) {
      request->refused = std::move(refused);
      State::resume(state);
    }
  }
};

}  // namespace

asio::awaitable<void> BlockingPool::call_and_await(Call call, base::Deadline begin_by) {
  Request request{.call = call,
                  .begin_by = begin_by,
                  .accept = [this, &call] { return accept(call); },
                  .late = refusal(Refusal::Why::late),
                  .refused = std::nullopt};
  co_await asio::async_initiate<const asio::use_awaitable_t<>&, void()>(Start{}, asio::use_awaitable,
                                                                        &request);
  if (request.refused) throw Refused(*std::move(request.refused));
}

}  // namespace waybill::runtime
