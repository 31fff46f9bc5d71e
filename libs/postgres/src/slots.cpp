#include "slots.hpp"

#include <algorithm>

namespace waybill::postgres {

Slots::Outcome Slots::acquire(base::Deadline deadline) {
  std::unique_lock lock(mutex_);
  if (closed_) return Outcome::closed;
  // A released one goes to the first who waits, so a free one means that nobody does.
  if (free_ > 0) {
    --free_;
    return Outcome::taken;
  }
  Waiter self;
  waiters_.push_back(&self);
  const auto done = [&] { return self.has_slot || closed_; };
  if (deadline.is_never()) {
    self.wake.wait(lock, done);
  } else {
    self.wake.wait_until(lock, deadline.when(), done);
  }
  // The slot is handed over by name, so it is this waiter's even when its deadline came at the same moment.
  if (self.has_slot) return Outcome::taken;
  std::erase(waiters_, &self);
  return closed_ ? Outcome::closed : Outcome::late;
}

void Slots::release() {
  const std::lock_guard lock(mutex_);
  if (waiters_.empty() || closed_) {
    ++free_;
    return;
  }
  Waiter* const first = waiters_.front();
  waiters_.pop_front();
  first->has_slot = true;
  first->wake.notify_one();
}

void Slots::close() {
  const std::lock_guard lock(mutex_);
  closed_ = true;
  for (Waiter* const waiter : waiters_) waiter->wake.notify_one();
}

std::size_t Slots::waiting() const {
  const std::lock_guard lock(mutex_);
  return waiters_.size();
}

}  // namespace waybill::postgres
