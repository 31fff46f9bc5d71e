#include "hand_over.hpp"

#include <algorithm>

#include "waybill/base/ensure.hpp"

namespace waybill::amqp {

HandOver::HandOver(std::size_t capacity, std::function<void()> wake)
    : capacity_(capacity), worth_waking_(std::max<std::size_t>(1, capacity / 4)), wake_(std::move(wake)) {
  ENSURE(capacity > 0, "the hand-over holds at least one");
}

void HandOver::put(Unsent item) {
  std::unique_lock lock(mutex_);
  const auto has_room = [this] { return held_ < capacity_; };
  ++waiting_;
  const bool taken = item.deadline.is_never() ? (room_.wait(lock, has_room), true)
                                              : room_.wait_until(lock, item.deadline.when(), has_room);
  --waiting_;
  if (taken) {
    ++held_;
    arrived_.push_back(std::move(item));
  } else {
    told_.push_back(
        {std::move(item.done),
         message::Unknown{"its deadline passed while " + std::to_string(capacity_) +
                              " earlier publications waited to be sent; the broker is away, blocked or "
                              "slower than its publishers",
                          false}});
  }
  wake_if_asleep(lock);
}

bool HandOver::try_put(Unsent& item) {
  std::unique_lock lock(mutex_);
  if (held_ >= capacity_) return false;
  ++held_;
  arrived_.push_back(std::move(item));
  wake_if_asleep(lock);
  return true;
}

void HandOver::tell(Ended ended) {
  std::unique_lock lock(mutex_);
  told_.push_back(std::move(ended));
  wake_if_asleep(lock);
}

void HandOver::wake_if_asleep(std::unique_lock<std::mutex>& lock) {
  const bool was_asleep = std::exchange(is_asleep_, false);
  lock.unlock();
  if (was_asleep) wake_();
}

bool HandOver::take(std::size_t left, std::vector<Unsent>& arrived, std::vector<Ended>& told) {
  bool wake_publishers = false;
  bool took = false;
  {
    const std::lock_guard lock(mutex_);
    held_ -= left;
    wake_publishers = waiting_ > 0 && capacity_ - held_ >= worth_waking_;
    took = !arrived_.empty() || !told_.empty();
    arrived.swap(arrived_);
    told.swap(told_);
    is_asleep_ = !took;
  }
  if (wake_publishers) room_.notify_all();
  return took;
}

}  // namespace waybill::amqp
