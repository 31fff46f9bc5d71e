#include "acceptor_core.hpp"

#include <algorithm>
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/execution.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/prefer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <utility>

#include "idempotency_key.hpp"
#include "refusals.hpp"
#include "waybill/base/ensure.hpp"
#include "waybill/postgres/batch.hpp"

namespace waybill::accept {

namespace asio = boost::asio;
using namespace std::chrono_literals;

/// Keeps what lets a coroutine go on. The executor is a tracked one, so that the loop does not run out of
/// work before.
struct AcceptorCore::Suspend {
  template <class Handler>
  void operator()(Handler&& handler, AcceptorCore* core, Caller* caller) const {
    auto executor =
        asio::prefer(asio::get_associated_executor(handler), asio::execution::outstanding_work.tracked);
    core->suspended_.emplace(caller,
                             [executor = std::move(executor),
                              kept = std::decay_t<Handler>(std::forward<Handler>(handler))]() mutable {
                               asio::dispatch(executor, std::move(kept));
                             });
  }
};

namespace {

/// Earlier than the server's own answer would come, which knows less.
base::Deadline answer_by(base::Deadline deadline) {
  const auto margin = std::min<std::chrono::nanoseconds>(500ms, deadline.remaining() / 10);
  return base::Deadline::at(deadline.when() - margin);
}

}  // namespace

AcceptorCore::AcceptorCore(runtime::EventLoop& loop, postgres::Pool& pool, const outbox::Sender& sender,
                           const AcceptorOptions& options, const Probe& probe)
    : loop_(loop),
      pool_(pool),
      sender_(sender),
      options_(options),
      probe_(probe),
      machine_({.group = options.group, .waiting = options.waiting}),
      timer_(loop.executor()) {}

asio::awaitable<http::Response> AcceptorCore::accept(const http::Request& request,
                                                     Acceptor::Function function, Sharing sharing) {
  ENSURE(loop_.is_this_thread(), "requests are accepted on the loop's thread, which also answers them");
  auto key = read_idempotency_key(request.headers);
  std::optional<Refused> refused;
  Caller caller{.request = &request, .function = &function};
  if (const auto* problem = std::get_if<KeyProblem>(&key)) {
    refused = refuse(*problem);
  } else {
    const auto deadline = request.deadline.earlier_of(base::Deadline::after(options_.within));
    auto mark = mark_of(request, std::get<std::string>(std::move(key)));
    if (const auto refusal = add(caller, std::move(mark), answer_by(deadline), sharing)) {
      refused = refuse(*refusal);
    }
  }
  if (refused) {
    probe_.ended(refused->ending);
    co_return std::move(refused->answer);
  }
  // Nothing can resume it before it waits, since that is done on this thread.
  co_await asio::async_initiate<const asio::use_awaitable_t<>&, void()>(Suspend{}, asio::use_awaitable, this,
                                                                        &caller);
  co_return std::move(caller.answer);
}

std::optional<AcceptMachine::Refusal> AcceptorCore::add(Caller& caller, RequestMark mark,
                                                        base::Deadline deadline, Sharing sharing) {
  bool wakes = false;
  {
    const std::lock_guard lock(mutex_);
    if (const auto refusal = machine_.add(&caller, std::move(mark), deadline.when(), sharing)) return refusal;
    wakes = idle_threads_ > 0;
  }
  if (deadline.when() < timer_at_) set_timer(deadline.when());
  if (wakes) wake_thread();
  return std::nullopt;
}

/// Behind what is ready on the loop by now, so that requests which have come together go together.
void AcceptorCore::wake_thread() {
  if (std::exchange(will_wake_, true)) return;
  asio::post(loop_.executor(), [self = shared_from_this()] {
    self->will_wake_ = false;
    const std::lock_guard lock(self->mutex_);
    // A thread that is woken in vain costs as much as what it would have saved.
    if (self->machine_.needs_thread(base::system_clock().steady())) self->work_or_closed_.notify_one();
  });
}

void AcceptorCore::work(Upkeep& upkeep) {
  while (const auto group = next_group()) run(*group, upkeep);
}

std::optional<AcceptMachine::Group> AcceptorCore::next_group() {
  std::unique_lock lock(mutex_);
  for (;;) {
    if (auto late = expire(); !late.empty()) give(std::move(late));
    auto group = machine_.take(base::system_clock().steady());
    if (!group.members.empty()) {
      // What is left is for another thread, if one has nothing to do.
      if (machine_.has_waiting() && idle_threads_ > 0) work_or_closed_.notify_one();
      return group;
    }
    if (machine_.is_empty()) emptied_.notify_all();
    if (is_closed_) return std::nullopt;
    ++idle_threads_;
    if (const auto ready = machine_.next_ready()) {
      work_or_closed_.wait_until(lock, *ready);
    } else {
      work_or_closed_.wait(lock);
    }
    --idle_threads_;
  }
}

void AcceptorCore::run(const AcceptMachine::Group& group, Upkeep& upkeep) {
  upkeep.see_to_room();
  const auto began = base::system_clock().steady();
  GroupRun run(options_, sender_, probe_, group.members);
  auto results =
      run.results(postgres::run_batch(pool_, run, group.members.size(), base::Deadline::at(group.deadline)));
  probe_.group(group.members.size(), base::system_clock().steady() - began);
  Answers answers;
  {
    const std::lock_guard lock(mutex_);
    const auto now = base::system_clock().steady();
    for (std::size_t i = 0; i < results.size(); ++i) {
      if (results[i].lacks_room) upkeep.room_is_missing();
      append_answers(machine_.finished(group.members[i], results[i].end, now), results[i], probe_, answers);
    }
  }
  give(std::move(answers));
}

/// Under the lock.
Answers AcceptorCore::expire() {
  Answers late;
  append_undone(machine_.expire(base::system_clock().steady()), probe_, late);
  if (machine_.is_empty()) emptied_.notify_all();
  return late;
}

void AcceptorCore::give(Answers answers) {
  asio::post(loop_.executor(), [self = shared_from_this(), answers = std::move(answers)]() mutable {
    for (auto& [caller, answer] : answers) {
      caller->answer = std::move(answer);
      self->resume(caller);
    }
    self->set_timer_anew();
  });
}

void AcceptorCore::resume(Caller* caller) {
  auto suspended = suspended_.extract(caller);
  ENSURE(!suspended.empty(), "a caller is told once, when it waits");
  suspended.mapped()();
}

void AcceptorCore::set_timer_anew() {
  const auto next = [this] {
    const std::lock_guard lock(mutex_);
    return machine_.is_empty() ? base::SteadyTime::max() : machine_.next_deadline();
  }();
  // One that is too early is harmless, but a loop that is to end must not wait for it.
  if (next < timer_at_ || next == base::SteadyTime::max()) set_timer(next);
}

void AcceptorCore::set_timer(base::SteadyTime when) {
  if (when == timer_at_) return;
  timer_at_ = when;
  if (when == base::SteadyTime::max()) {
    timer_.cancel();
    return;
  }
  timer_.expires_at(when);
  timer_.async_wait([self = shared_from_this()](const boost::system::error_code& error) {
    if (error) return;
    self->timer_at_ = base::SteadyTime::max();
    std::unique_lock lock(self->mutex_);
    auto late = self->expire();
    lock.unlock();
    self->give(std::move(late));
  });
}

Acceptor::Load AcceptorCore::load() const {
  const std::lock_guard lock(mutex_);
  return machine_.load();
}

void AcceptorCore::stop(base::Deadline deadline) {
  std::unique_lock lock(mutex_);
  machine_.stop();
  const auto is_done = [this] { return machine_.is_empty(); };
  if (deadline.is_never()) {
    emptied_.wait(lock, is_done);
  } else {
    emptied_.wait_until(lock, deadline.when(), is_done);
  }
  Answers refused;
  append_undone(machine_.close(), probe_, refused);
  is_closed_ = true;
  lock.unlock();
  work_or_closed_.notify_all();
  give(std::move(refused));
}

}  // namespace waybill::accept
