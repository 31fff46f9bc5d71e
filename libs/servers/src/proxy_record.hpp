#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>

#include "waybill/servers/fault_proxy.hpp"

namespace waybill::servers {

/// What has happened to a proxy so far, written by its thread and waited for by others. Any thread.
class ProxyRecord {
 public:
  void accepted();
  void cut();
  void closed();
  void passed(Direction direction, std::size_t bytes);
  void playing(bool now);

  FaultProxy::Counters counters() const;
  bool wait_for(const std::function<bool(const FaultProxy::Counters&)>& reached,
                std::chrono::milliseconds limit) const;
  bool wait_until_played(std::chrono::milliseconds limit) const;

 private:
  mutable std::mutex mutex_;
  mutable std::condition_variable changed_;
  FaultProxy::Counters counters_;
  bool playing_ = false;
};

}  // namespace waybill::servers
