#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <utility>

#include "waybill/base/deadline.hpp"
#include "waybill/runtime/thread.hpp"

namespace waybill::inbox {

/// Calls somebody, on a thread of its own, when one piece of work is not over within its time. One piece at a
/// time.
class Watchdog {
 public:
  Watchdog(std::chrono::milliseconds within, std::function<void()> on_overdue)
      : within_(within), on_overdue_(std::move(on_overdue)), thread_("watchdog", [this] { run(); }) {}
  ~Watchdog() {
    {
      const std::lock_guard lock(mutex_);
      is_stopped_ = true;
    }
    changed_.notify_one();
  }
  Watchdog(const Watchdog&) = delete;
  Watchdog& operator=(const Watchdog&) = delete;

  /// The work under watch, while it lives.
  class Watch {
   public:
    explicit Watch(Watchdog& dog) : dog_(dog) { dog_.set(base::Deadline::after(dog_.within_)); }
    ~Watch() { dog_.set(std::nullopt); }
    Watch(const Watch&) = delete;
    Watch& operator=(const Watch&) = delete;

   private:
    Watchdog& dog_;
  };

  /// What happens while it lives is not the work's doing; the work, if there is any, has all its time behind
  /// it.
  class Pause {
   public:
    explicit Pause(Watchdog& dog) : dog_(dog), is_at_work_(dog_.set(std::nullopt)) {}
    ~Pause() {
      if (is_at_work_) dog_.set(base::Deadline::after(dog_.within_));
    }
    Pause(const Pause&) = delete;
    Pause& operator=(const Pause&) = delete;

   private:
    Watchdog& dog_;
    const bool is_at_work_;
  };

 private:
  /// Whether there was one.
  bool set(std::optional<base::Deadline> deadline) {
    const std::lock_guard lock(mutex_);
    return std::exchange(deadline_, deadline).has_value();
  }

  /// It looks a few times within the time allowed, so that work which is soon over wakes nobody.
  void run() {
    std::unique_lock lock(mutex_);
    while (!is_stopped_) {
      changed_.wait_for(lock, within_ / 4, [&] { return is_stopped_; });
      if (is_stopped_ || !deadline_ || !deadline_->passed()) continue;
      deadline_.reset();
      lock.unlock();
      on_overdue_();
      lock.lock();
    }
  }

  const std::chrono::milliseconds within_;
  const std::function<void()> on_overdue_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::optional<base::Deadline> deadline_;
  bool is_stopped_ = false;
  runtime::Thread thread_;
};

}  // namespace waybill::inbox
