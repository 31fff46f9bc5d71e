#pragma once

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <span>
#include <vector>

#include "delivery_ledger.hpp"
#include "waybill/base/deadline.hpp"
#include "wire/raw_delivery.hpp"

namespace waybill::amqp {

/// Where the connection's thread leaves deliveries for the receiving threads, and they their settlements for
/// it. Bounded by the prefetch, beyond which the broker sends nothing.
class Arrivals {
 public:
  /// `wake` wakes the connection's thread; it may be called from any thread.
  explicit Arrivals(std::function<void()> wake) : wake_(std::move(wake)) {}

  // For the receiving threads.
  std::vector<RawDelivery> receive(std::size_t most, base::Deadline deadline);
  std::size_t settle(std::span<const message::DeliveryTag> tags, message::Settlement settlement);
  /// No more deliveries; who waits comes back.
  void stop_receiving();
  /// No more deliveries or settlements; who waits comes back.
  void close();

  // For the connection's thread.
  /// Begins a session, whose number no other in this process has.
  std::uint64_t begin_session();
  /// Drops what was not received, and from now on every settlement.
  void end_session();
  /// Leaves `deliveries` empty. The thread, awake, takes the orders of its own accord after this.
  void add(std::vector<RawDelivery>& deliveries);
  enum class Orders { none, held_back, taken };
  /// Takes what is to be told, when at least `worthwhile` were settled. With none settled at all, the next
  /// settlement wakes the thread.
  Orders take_orders(std::size_t worthwhile, std::vector<SettlementOrder>& orders);

 private:
  std::vector<RawDelivery> take_waiting(std::size_t most);
  void drop_waiting();

  std::function<void()> wake_;
  std::mutex mutex_;
  std::condition_variable arrived_;
  std::vector<RawDelivery> waiting_;
  std::size_t first_waiting_ = 0;
  DeliveryLedger ledger_;
  std::uint64_t session_ = 0;  // zero: none
  std::size_t receivers_ = 0;
  bool is_closed_ = false;
  bool is_receiving_ = true;
  bool is_asleep_ = false;
};

}  // namespace waybill::amqp
