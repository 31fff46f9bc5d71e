#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <mutex>

#include "waybill/base/deadline.hpp"

namespace waybill::postgres {

/// A number of places, given out in the order of asking: a newcomer never overtakes one who waits.
/// Any thread may call anything.
class Slots {
 public:
  enum class Outcome { taken, late, closed };

  explicit Slots(std::size_t count) : free_(count) {}

  Outcome acquire(base::Deadline deadline);
  void release();
  /// Those who wait, and all who come, get `closed`.
  void close();

  std::size_t waiting() const;

 private:
  struct Waiter {
    std::condition_variable wake;
    bool has_slot = false;
  };

  mutable std::mutex mutex_;
  std::deque<Waiter*> waiters_;
  std::size_t free_;
  bool closed_ = false;
};

}  // namespace waybill::postgres
