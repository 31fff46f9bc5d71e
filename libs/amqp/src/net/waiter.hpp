#pragma once

#include <atomic>

#include "waybill/base/clock.hpp"
#include "waybill/base/deadline.hpp"
#include "waybill/runtime/event_fd.hpp"

namespace waybill::amqp {

/// What a connection's thread sees to, however long it waits for the broker.
class Attendant {
 public:
  virtual ~Attendant() = default;
  /// Does what is due, and says when it wants to be called next: now, when there may be more to do.
  virtual base::SteadyTime attend() = 0;
};

/// The one place where a connection's thread sleeps. wake() and stop() end the sleep from any thread.
class Waiter {
 public:
  void wake() { event_.signal(); }
  /// Every wait() from now on throws Stopped, until the thread has seen it and calls accept_stop().
  void stop();
  void accept_stop() { accepted_ = true; }

  /// Sleeps until `descriptor` (-1 for none) is ready for some of `events`, someone wakes it, or it is time;
  /// says which events are there, as poll(2) does.
  short wait(int descriptor, short events, base::SteadyTime until);

 private:
  void throw_if_stopped() const;

  runtime::EventFd event_;
  std::atomic<bool> stopped_{false};
  bool accepted_ = false;  // the waiting thread's own
};

}  // namespace waybill::amqp
