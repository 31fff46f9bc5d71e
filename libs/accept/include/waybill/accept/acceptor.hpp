#pragma once

#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <type_traits>
#include <utility>

#include "waybill/accept/probe.hpp"
#include "waybill/accept/scope.hpp"
#include "waybill/base/deadline.hpp"
#include "waybill/http/request.hpp"
#include "waybill/http/response.hpp"
#include "waybill/outbox/sender.hpp"
#include "waybill/postgres/pool.hpp"
#include "waybill/runtime/coroutine_argument.hpp"
#include "waybill/runtime/event_loop.hpp"

namespace waybill::accept {

struct AcceptorOptions {
  /// How many groups are under way at a time, each on a thread and a connection of the pool.
  std::size_t groups = 2;
  /// How many requests share a transaction, at most.
  std::size_t group = 64;
  /// How many requests wait, at most, until they are refused.
  std::size_t waiting = 1'000;
  /// For requests whose deadline is later, or that have none.
  std::chrono::milliseconds within{30'000};
  /// The largest body of an answer.
  std::size_t answer_bytes = 256 * 1024;
  /// How long answers are kept: 24 hours or longer.
  std::chrono::seconds keep{std::chrono::hours{24}};
};

/// Which requests may share a transaction with others: one that waits for locks which others hold long, or
/// takes its time, is better alone, as it holds up all who share it.
enum class Sharing : std::uint8_t { shared, alone };

/// Answers requests that change state, each once in effect, many in a transaction.
///
///   // in a handler, on the loop's thread
///   co_return co_await acceptor.accept(request, [&](accept::Scope& scope) {
///     orders::insert(scope.tx(), order);
///     scope.publish(placed(order), {.subject = order.id});
///     return http::json_response(202, json_of(order));
///   });
///
/// The function runs on a thread of the acceptor, before accept() returns, and may run more than once. Its
/// answer, unless it is a 5xx, is committed in one transaction with what it wrote and sent; that of a refusal
/// (4xx) too. Requests that come meanwhile make the next group and share the next transaction.
///
/// Promises: of the requests of one client with one Idempotency-Key one has an effect, within the time that
/// answers are kept, however many there are, at the same time, in however many processes, whatever is killed;
/// all of them get its answer, to the byte, the repeats with "Idempotency-Replayed: true". A key that comes
/// with another request (method, target, content type or body) is answered with 422, one that another
/// transaction is at with 409, none or a malformed one with 400. Requests without a client share their keys.
/// Whose function throws gets a 500 that says nothing of it, whose function answers with 5xx gets that;
/// either has no effect and harms no other. When the answer to a COMMIT is lost, the requests run again
/// through their keys until they are decided, or their deadlines come: 504. Nothing was done where the answer
/// is 503: the database is away, too many wait, the deadline came before the request's turn. Does not
/// promise: that a request which another one shares a transaction with is not held up by it; that an answer
/// is the function's only run's. Concurrency: accept() on the loop's thread; the rest on any but its own.
/// Loop, pool and sender outlive it; a pool has a connection for each of its groups and one more.
class Acceptor {
 public:
  using Function = std::function<http::Response(Scope&)>;
  struct Load {
    std::size_t waiting = 0;
    std::size_t running = 0;
  };

  Acceptor(runtime::EventLoop& loop, postgres::Pool& pool, const outbox::Sender& sender,
           AcceptorOptions options = {}, const Probe& probe = {});
  /// Stops, without time for what waits.
  ~Acceptor();
  Acceptor(const Acceptor&) = delete;
  Acceptor& operator=(const Acceptor&) = delete;

  /// The function is copied. It may refer to what the calling coroutine has: it does not run any more when
  /// this returns. The request is its handler's, and lives as long.
  template <class F>
    requires(runtime::CoroutineArgument<F> && std::is_invocable_r_v<http::Response, F&, Scope&>)
  boost::asio::awaitable<http::Response> accept(const http::Request& request, F&& function,
                                                Sharing sharing = Sharing::shared) {
    return accept_function(request, Function(std::forward<F>(function)), sharing);
  }

  /// For who sheds load before it comes here.
  Load load() const;

  /// Takes nothing more (503) and finishes what it has; what has not begun at the deadline is refused.
  /// Answers are on their way to the loop when it returns.
  void stop(base::Deadline deadline);

 private:
  struct Parts;
  boost::asio::awaitable<http::Response> accept_function(const http::Request& request, Function function,
                                                         Sharing sharing);
  std::unique_ptr<Parts> parts_;
};

}  // namespace waybill::accept
