#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "waybill/message/subscriber.hpp"

namespace waybill::amqp {

/// What the broker is to be told of deliveries, in one method.
struct SettlementOrder {
  std::uint64_t number = 0;
  bool multiple = false;  ///< this one and every earlier one that is open
  message::Settlement settlement = message::Settlement::ack;
  friend bool operator==(const SettlementOrder&, const SettlementOrder&) = default;
};

/// Which deliveries of a channel are out, and which of them have been settled but not told. Neither settles a
/// delivery twice nor one that was not made, for the broker closes the channel over either. Pure; not
/// thread-safe.
class DeliveryLedger {
 public:
  /// Numbers grow.
  void delivered(std::uint64_t number);
  /// False: it is not out.
  bool settle(std::uint64_t number, message::Settlement settlement);
  /// How many have been settled and not told.
  std::size_t settled() const { return settled_; }
  /// What is to be told, earliest first. A run of alike ones from the oldest delivery that is out becomes
  /// one.
  void take_orders(std::vector<SettlementOrder>& orders);
  void clear();

 private:
  struct Entry {
    std::uint64_t number = 0;
    message::Settlement settlement = message::Settlement::ack;
    bool is_settled = false;
  };

  std::vector<Entry> entries_;  // by number
  std::size_t settled_ = 0;
};

}  // namespace waybill::amqp
