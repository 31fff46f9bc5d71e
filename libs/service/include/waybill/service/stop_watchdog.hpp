#pragma once

#include <condition_variable>
#include <mutex>

#include "waybill/base/deadline.hpp"
#include "waybill/runtime/thread.hpp"

namespace waybill::service {

/// Ends the process when an orderly end takes too long, so that whoever waits for it need not guess: what is
/// not done then is what a crash would leave, and is found at the next start.
class StopWatchdog {
 public:
  explicit StopWatchdog(base::Deadline deadline);
  /// Calls it off.
  ~StopWatchdog();
  StopWatchdog(const StopWatchdog&) = delete;
  StopWatchdog& operator=(const StopWatchdog&) = delete;

 private:
  std::mutex mutex_;
  std::condition_variable called_off_;
  bool is_called_off_ = false;
  runtime::Thread thread_;
};

}  // namespace waybill::service
