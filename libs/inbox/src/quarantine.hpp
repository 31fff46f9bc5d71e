#pragma once

#include <condition_variable>
#include <cstddef>
#include <mutex>

namespace waybill::inbox {

/// Who may be at work in this process: any number who trust their messages, or one who doesn't. Whoever wants
/// to be alone is let in before any that come after. Any thread.
class Quarantine {
 public:
  /// The one of the process.
  static Quarantine& of_process() {
    static Quarantine quarantine;
    return quarantine;
  }

  class Pass {
   public:
    Pass(Quarantine& quarantine, bool alone) : quarantine_(quarantine), alone_(alone) {
      quarantine_.enter(alone_);
    }
    ~Pass() { quarantine_.leave(alone_); }
    Pass(const Pass&) = delete;
    Pass& operator=(const Pass&) = delete;

   private:
    Quarantine& quarantine_;
    bool alone_;
  };

  /// How many want to be alone and are not in yet.
  std::size_t waiting() const {
    const std::lock_guard lock(mutex_);
    return waiting_;
  }

 private:
  void enter(bool alone) {
    std::unique_lock lock(mutex_);
    if (alone) {
      ++waiting_;
      changed_.wait(lock, [&] { return !is_alone_ && inside_ == 0; });
      --waiting_;
      is_alone_ = true;
    } else {
      changed_.wait(lock, [&] { return !is_alone_ && waiting_ == 0; });
      ++inside_;
    }
  }
  void leave(bool alone) {
    {
      const std::lock_guard lock(mutex_);
      if (alone) {
        is_alone_ = false;
      } else {
        --inside_;
      }
    }
    changed_.notify_all();
  }

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::size_t inside_ = 0;
  std::size_t waiting_ = 0;
  bool is_alone_ = false;
};

}  // namespace waybill::inbox
