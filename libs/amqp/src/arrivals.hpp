#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <span>
#include <vector>

#include "delivery_ledger.hpp"
#include "waybill/base/deadline.hpp"
#include "waybill/message/subscriber.hpp"

namespace waybill::amqp {

/// Where the connection's thread leaves deliveries for the receiving threads, and they their settlements for
/// it. Bounded by the prefetch, beyond which the broker sends nothing.
class Arrivals {
 public:
  /// `wake` wakes the connection's thread; it may be called from any thread.
  explicit Arrivals(std::function<void()> wake) : wake_(std::move(wake)) {}

  // For the receiving threads.
  std::vector<message::Delivery> receive(std::size_t most, base::Deadline deadline);
  std::size_t settle(std::span<const message::DeliveryTag> tags, message::Settlement settlement);
  /// No more deliveries or settlements; who waits comes back.
  void close();

  // For the connection's thread.
  /// Begins a session, whose number no other in this process has.
  std::uint64_t begin_session();
  /// Drops what was not received, and from now on every settlement.
  void end_session();
  /// Leaves `deliveries` empty.
  void add(std::vector<message::Delivery>& deliveries);
  /// False: nothing was settled, and the next settlement wakes the thread.
  bool take_orders(std::vector<SettlementOrder>& orders);

 private:
  std::function<void()> wake_;
  std::mutex mutex_;
  std::condition_variable arrived_;
  std::deque<message::Delivery> waiting_;
  DeliveryLedger ledger_;
  std::uint64_t session_ = 0;  // zero: none
  std::size_t receivers_ = 0;
  bool is_closed_ = false;
  bool is_asleep_ = false;
};

}  // namespace waybill::amqp
