#include "waybill/runtime/blocking_pool.hpp"

#include <algorithm>

namespace waybill::runtime {
namespace {

struct Membership {
  const BlockingPool* pool = nullptr;
  std::size_t index = 0;
};
thread_local Membership membership;

/// The number is what tells the threads apart, so a long name gives way to it.
std::string thread_name(const std::string& pool, std::size_t index) {
  const std::string suffix = "-" + std::to_string(index);
  return pool.substr(0, 15 - std::min<std::size_t>(suffix.size(), 14)) + suffix;
}

}  // namespace

struct BlockingPool::Waiter {
  enum class State { waiting, accepted, closed };
  Call call;
  State state = State::waiting;
  std::condition_variable changed;
};

BlockingPool::BlockingPool(Options options) : options_(std::move(options)) {
  ENSURE(!options_.name.empty(), "a pool's threads are found by its name");
  ENSURE(options_.threads > 0 && options_.queue > 0, "a pool has at least one thread and one place to wait");
  try {
    for (std::size_t index = 0; index < options_.threads; ++index) {
      threads_.emplace_back(thread_name(options_.name, index), [this, index] { work(index); });
    }
  } catch (...) {
    // The threads that did start wait for work; without this their join would never end.
    close();
    throw;
  }
}

BlockingPool::~BlockingPool() {
  ENSURE(!current_thread(), "a pool destroyed by its own thread would wait for itself");
  close();
  threads_.clear();
}

void BlockingPool::close() {
  const std::lock_guard lock(mutex_);
  closed_ = true;
  for (Waiter* waiter : waiters_) {
    waiter->state = Waiter::State::closed;
    waiter->changed.notify_one();
  }
  waiters_.clear();
  work_or_closed_.notify_all();
}

void BlockingPool::drain() {
  ENSURE(!current_thread(), "a pool drained by its own thread would wait for itself");
  close();
  std::unique_lock lock(mutex_);
  idle_.wait(lock, [this] { return is_idle(); });
}

BlockingPool::Load BlockingPool::load() const {
  const std::lock_guard lock(mutex_);
  return {queue_.size(), running_, waiters_.size()};
}

std::optional<std::size_t> BlockingPool::current_thread() const {
  if (membership.pool != this) return std::nullopt;
  return membership.index;
}

std::optional<Refusal> BlockingPool::accept(const Call& call) {
  const std::lock_guard lock(mutex_);
  if (closed_) return refusal(Refusal::Why::closed);
  if (!has_room()) return refusal(Refusal::Why::full);
  enqueue(call);
  return std::nullopt;
}

std::optional<Refusal> BlockingPool::accept_by(const Call& call, base::Deadline deadline) {
  std::unique_lock lock(mutex_);
  if (closed_) return refusal(Refusal::Why::closed);
  if (has_room()) {
    enqueue(call);
    return std::nullopt;
  }
  Waiter waiter{.call = call, .state = Waiter::State::waiting, .changed = {}};
  waiters_.push_back(&waiter);
  const auto settled = [&waiter] { return waiter.state != Waiter::State::waiting; };
  if (deadline.is_never()) {
    waiter.changed.wait(lock, settled);
  } else if (!waiter.changed.wait_until(lock, deadline.when(), settled)) {
    std::erase(waiters_, &waiter);
    return refusal(Refusal::Why::late);
  }
  if (waiter.state == Waiter::State::closed) return refusal(Refusal::Why::closed);
  return std::nullopt;
}

void BlockingPool::call_and_wait(const Call& call, base::Deadline begin_by) {
  ENSURE(!current_thread(), "a pool's thread that waits for its own pool may wait for ever");
  std::promise<void> end;
  auto ended = end.get_future();
  call->on_end([end = std::move(end)]() mutable { end.set_value(); });
  if (auto refused = accept_by(call, begin_by)) throw Refused(*std::move(refused));
  if (!begin_by.is_never() && ended.wait_until(begin_by.when()) == std::future_status::timeout &&
      call->abandon()) {
    throw Refused(refusal(Refusal::Why::late));
  }
  ended.wait();
}

void BlockingPool::enqueue(Call call) {
  queue_.push_back(std::move(call));
  work_or_closed_.notify_one();
}

BlockingPool::Call BlockingPool::next() {
  std::unique_lock lock(mutex_);
  work_or_closed_.wait(lock, [this] { return closed_ || !queue_.empty(); });
  if (queue_.empty()) return nullptr;
  Call call = std::move(queue_.front());
  queue_.pop_front();
  ++running_;
  return call;
}

void BlockingPool::run_ended(bool will_tell) {
  const std::lock_guard lock(mutex_);
  --running_;
  if (will_tell) ++telling_;
  // The place goes to whoever has waited longest, before anybody new can take it.
  while (!waiters_.empty() && has_room()) {
    Waiter* const waiter = waiters_.front();
    waiters_.pop_front();
    enqueue(std::move(waiter->call));
    waiter->state = Waiter::State::accepted;
    waiter->changed.notify_one();
  }
  if (is_idle()) idle_.notify_all();
}

void BlockingPool::told() {
  const std::lock_guard lock(mutex_);
  --telling_;
  if (is_idle()) idle_.notify_all();
}

void BlockingPool::work(std::size_t index) {
  membership = {this, index};
  while (Call call = next()) {
    const bool was_run = call->execute();
    run_ended(was_run);
    if (!was_run) continue;
    call->tell();
    call.reset();
    told();
  }
}

}  // namespace waybill::runtime
