#include "waybill/service/stop_watchdog.hpp"

#include <cstdlib>

#include "waybill/telemetry/log.hpp"

namespace waybill::service {

StopWatchdog::StopWatchdog(base::Deadline deadline)
    : thread_("stop watchdog", [this, deadline] {
        std::unique_lock lock(mutex_);
        if (called_off_.wait_until(lock, deadline.when(), [this] { return is_called_off_; })) return;
        telemetry::log_error("stop_took_too_long",
                             {{"advice",
                               "what was left is in the outbox and in the queues; find out which "
                               "server did not answer"}});
        std::_Exit(EXIT_FAILURE);
      }) {}

StopWatchdog::~StopWatchdog() {
  {
    const std::lock_guard lock(mutex_);
    is_called_off_ = true;
  }
  called_off_.notify_all();
  thread_.join();
}

}  // namespace waybill::service
