#pragma once

#include <boost/asio/awaitable.hpp>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <future>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "waybill/base/deadline.hpp"
#include "waybill/runtime/coroutine_argument.hpp"
#include "waybill/runtime/pooled_call.hpp"
#include "waybill/runtime/refusal.hpp"
#include "waybill/runtime/thread.hpp"

namespace waybill::runtime {

/// A fixed number of named threads for work that blocks: SQL, files, name resolution.
///
/// Promises: functions begin in the order in which they were accepted, and those who wait for room get it in
/// the order in which they came. At most `threads` + `queue` are accepted at a time; the next is refused, as
/// a value, without waiting. What was accepted is run, also during shutdown, unless its deadline comes before
/// its turn. The result or the exception travels to the caller; the function, with all it captured, is
/// destroyed before the caller hears of it. Does not promise: to interrupt a function that has begun. Whoever
/// blocks without a limit blocks the shutdown too. Concurrency: any thread. The destructor closes, runs what
/// was accepted and joins; neither it nor drain() nor call() may run on one of the pool's own threads, where
/// they would wait for themselves (ENSURE). The pool must be gone, or drained, before the event loop on which
/// coroutines await it.
class BlockingPool {
 public:
  struct Options {
    std::string name;  ///< threads are called name-0, name-1, …
    std::size_t threads = 1;
    std::size_t queue = 64;  ///< places for functions that wait for a thread
  };
  struct Load {
    std::size_t waiting = 0;
    std::size_t running = 0;
    std::size_t waiting_for_room = 0;
  };
  template <class F>
  using ResultOf = std::invoke_result_t<std::decay_t<F>&>;
  template <class F>
  using Submitted = boost::system::result<std::future<ResultOf<F>>, Refusal>;

  explicit BlockingPool(Options options);
  ~BlockingPool();
  BlockingPool(const BlockingPool&) = delete;
  BlockingPool& operator=(const BlockingPool&) = delete;

  /// Hands over a function without waiting for anything.
  template <class F>
  Submitted<F> submit(F&& function);

  /// Runs a function and waits for its end; for threads. Throws Refused when the pool is closed, or when
  /// there was no room or no thread for it before the deadline.
  template <class F>
  ResultOf<F> call(F&& function, base::Deadline begin_by = base::Deadline::never());

  /// Runs a function and awaits its end; for coroutines, which go on on their own executor. Throws Refused
  /// when the pool is full or closed, or when no thread was free before the deadline. The wait for a begun
  /// function can't be cancelled, so the function may refer to the coroutine's own variables: see
  /// CoroutineArgument for why it has to.
  ///   const auto rows = co_await pool.run([&] { return count_rows(connection); });
  template <class F>
    requires CoroutineArgument<F>
  boost::asio::awaitable<ResultOf<F>> run(F&& function, base::Deadline begin_by = base::Deadline::never());

  /// Accepts nothing more; those who wait for room are refused. What was accepted goes on.
  void close();
  /// Closes, and waits until all that was accepted has ended.
  void drain();

  Load load() const;
  const std::string& name() const { return options_.name; }
  /// Which of the pool's threads is calling, from 0 on; nothing on any other thread. For state that each
  /// thread owns.
  std::optional<std::size_t> current_thread() const;

 private:
  struct Waiter;

  using Call = std::shared_ptr<PooledCall>;

  /// Takes the call, or says why not.
  std::optional<Refusal> accept(const Call& call);
  std::optional<Refusal> accept_by(const Call& call, base::Deadline deadline);
  void call_and_wait(const Call& call, base::Deadline begin_by);
  boost::asio::awaitable<void> call_and_await(Call call, base::Deadline begin_by);

  template <class F>
  boost::asio::awaitable<typename PooledFunction<F>::Result> run_pooled(
      std::shared_ptr<PooledFunction<F>> pooled, base::Deadline begin_by);

  template <class R, class F>
  static void fulfil(std::promise<R>& promise, PooledFunction<F>& ended);

  bool has_room() const { return running_ + queue_.size() < options_.threads + options_.queue; }
  void enqueue(Call call);
  Call next();
  void run_ended(bool will_tell);
  void told();
  bool is_idle() const { return running_ == 0 && telling_ == 0 && queue_.empty(); }
  void work(std::size_t index);
  Refusal refusal(Refusal::Why why) const { return {why, options_.name}; }

  const Options options_;
  mutable std::mutex mutex_;
  std::condition_variable work_or_closed_;
  std::condition_variable idle_;
  std::deque<Call> queue_;
  std::deque<Waiter*> waiters_;
  std::size_t running_ = 0;
  std::size_t telling_ = 0;  // ended, but the caller does not know yet
  bool closed_ = false;
  std::vector<Thread> threads_;
};

template <class F>
BlockingPool::Submitted<F> BlockingPool::submit(F&& function) {
  using Function = PooledFunction<std::decay_t<F>>;
  const auto pooled = std::make_shared<Function>(std::in_place, std::forward<F>(function));
  std::promise<ResultOf<F>> promise;
  auto future = promise.get_future();
  // A plain pointer, since the call owns this very closure.
  pooled->on_end([promise = std::move(promise), ended = pooled.get()]() mutable { fulfil(promise, *ended); });
  if (auto refused = accept(pooled)) return *std::move(refused);
  return future;
}

template <class F>
BlockingPool::ResultOf<F> BlockingPool::call(F&& function, base::Deadline begin_by) {
  const auto pooled =
      std::make_shared<PooledFunction<std::decay_t<F>>>(std::in_place, std::forward<F>(function));
  call_and_wait(pooled, begin_by);
  return pooled->take();
}

template <class F>
  requires CoroutineArgument<F>
boost::asio::awaitable<BlockingPool::ResultOf<F>> BlockingPool::run(F&& function, base::Deadline begin_by) {
  return run_pooled(
      std::make_shared<PooledFunction<std::decay_t<F>>>(std::in_place, std::forward<F>(function)), begin_by);
}

template <class F>
boost::asio::awaitable<typename PooledFunction<F>::Result> BlockingPool::run_pooled(
    std::shared_ptr<PooledFunction<F>> pooled, base::Deadline begin_by) {
  co_await call_and_await(pooled, begin_by);
  co_return pooled->take();
}

template <class R, class F>
void BlockingPool::fulfil(std::promise<R>& promise, PooledFunction<F>& ended) {
  try {
    if constexpr (std::is_void_v<R>) {
      ended.take();
      promise.set_value();
    } else {
      promise.set_value(ended.take());
    }
  } catch (...) {
    promise.set_exception(std::current_exception());
  }
}

}  // namespace waybill::runtime
