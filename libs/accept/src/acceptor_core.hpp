#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <unordered_map>

#include "accept_machine.hpp"
#include "answers.hpp"
#include "caller.hpp"
#include "upkeep.hpp"
#include "waybill/accept/acceptor.hpp"

namespace waybill::accept {

/// What an acceptor's threads and the loop share: the machine, under a lock, and the way back to the loop.
/// The threads take group after group from it; the loop adds callers, resumes them, and keeps the one timer
/// that ends those whose time is over. Jobs on the loop keep it alive.
class AcceptorCore : public std::enable_shared_from_this<AcceptorCore> {
 public:
  AcceptorCore(runtime::EventLoop& loop, postgres::Pool& pool, const outbox::Sender& sender,
               const AcceptorOptions& options, const Probe& probe);

  /// On the loop's thread. It is not looked at any more once the coroutine waits.
  boost::asio::awaitable<http::Response> accept(const http::Request& request, Acceptor::Function function,
                                                Sharing sharing);

  /// Takes and runs groups until it is closed: for a thread of the acceptor.
  void work(Upkeep& upkeep);

  Acceptor::Load load() const;
  void stop(base::Deadline deadline);

 private:
  struct Suspend;

  std::optional<AcceptMachine::Refusal> add(Caller& caller, RequestMark mark, base::Deadline deadline,
                                            Sharing sharing);
  void wake_thread();
  std::optional<AcceptMachine::Group> next_group();
  void run(const AcceptMachine::Group& group, Upkeep& upkeep);
  Answers expire();
  /// From any thread: the callers go on, on the loop's.
  void give(Answers answers);
  void resume(Caller* caller);

  void set_timer_anew();
  void set_timer(base::SteadyTime when);

  runtime::EventLoop& loop_;
  postgres::Pool& pool_;
  const outbox::Sender& sender_;
  const AcceptorOptions options_;
  const Probe probe_;

  mutable std::mutex mutex_;
  std::condition_variable work_or_closed_;
  std::condition_variable emptied_;
  AcceptMachine machine_;
  std::size_t idle_threads_ = 0;
  bool is_closed_ = false;

  // The loop's own.
  bool will_wake_ = false;
  /// Here and not with the caller, who would then own itself.
  std::unordered_map<Caller*, runtime::Job> suspended_;
  boost::asio::steady_timer timer_;
  base::SteadyTime timer_at_ = base::SteadyTime::max();
};

}  // namespace waybill::accept
