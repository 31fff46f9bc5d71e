#pragma once

#include <condition_variable>
#include <cstddef>
#include <functional>
#include <mutex>
#include <vector>

#include "waiting_line.hpp"

namespace waybill::amqp {

/// Where publishing threads leave their publications for the connection's thread. Bounded: what has been put
/// and not left the line counts, and a put beyond it waits. One lock a batch, and a wake-up only for a thread
/// that sleeps.
class HandOver {
 public:
  /// `wake` wakes the connection's thread; it may be called from any thread.
  HandOver(std::size_t capacity, std::function<void()> wake);

  // For the publishing threads.
  /// Waits for room until the item's deadline; without any, the item ends as never sent.
  void put(Unsent item);
  bool try_put(Unsent& item);
  /// Has an outcome told on the connection's thread.
  void tell(Ended ended);

  // For the connection's thread.
  /// Takes what has arrived. `left` publications have left the line and make room. False: nothing had
  /// arrived, and the next put wakes the thread.
  bool take(std::size_t left, std::vector<Unsent>& arrived, std::vector<Ended>& told);

 private:
  void wake_if_asleep(std::unique_lock<std::mutex>& lock);

  const std::size_t capacity_;
  const std::size_t worth_waking_;  // room for which a waiting publisher is woken
  std::function<void()> wake_;
  std::mutex mutex_;
  std::condition_variable room_;
  std::vector<Unsent> arrived_;
  std::vector<Ended> told_;
  std::size_t held_ = 0;  // arrived, or in the line
  std::size_t waiting_ = 0;
  bool is_asleep_ = false;
};

}  // namespace waybill::amqp
