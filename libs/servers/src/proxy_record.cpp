#include "proxy_record.hpp"

namespace waybill::servers {

void ProxyRecord::accepted() {
  const std::lock_guard lock(mutex_);
  ++counters_.accepted;
  ++counters_.open;
  changed_.notify_all();
}

void ProxyRecord::cut() {
  const std::lock_guard lock(mutex_);
  ++counters_.cut;
  changed_.notify_all();
}

void ProxyRecord::closed() {
  const std::lock_guard lock(mutex_);
  --counters_.open;
  changed_.notify_all();
}

void ProxyRecord::passed(Direction direction, std::size_t bytes) {
  const std::lock_guard lock(mutex_);
  (direction == Direction::client_to_server ? counters_.bytes_to_server : counters_.bytes_to_client) += bytes;
  changed_.notify_all();
}

void ProxyRecord::playing(bool now) {
  const std::lock_guard lock(mutex_);
  playing_ = now;
  changed_.notify_all();
}

FaultProxy::Counters ProxyRecord::counters() const {
  const std::lock_guard lock(mutex_);
  return counters_;
}

bool ProxyRecord::wait_for(const std::function<bool(const FaultProxy::Counters&)>& reached,
                           std::chrono::milliseconds limit) const {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, limit, [&] { return reached(counters_); });
}

bool ProxyRecord::wait_until_played(std::chrono::milliseconds limit) const {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, limit, [&] { return !playing_; });
}

}  // namespace waybill::servers
