#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <vector>

namespace waybill::bench {

using LoadClock = std::chrono::steady_clock;

/// An order that was accepted, and when it ought to have been sent, whenever that was possible: who waits
/// longer because others wait does not seem to be served faster.
struct AcceptedOrder {
  std::string id;
  LoadClock::time_point due;
};

/// Who takes orders: the order service, or the floor. One thread.
class OrderTaker {
 public:
  virtual ~OrderTaker() = default;
  /// Sends an order, or keeps it until it can be sent.
  virtual void place(LoadClock::time_point due) = 0;
  /// What was accepted meanwhile; waits at most so long when there is nothing.
  virtual std::vector<AcceptedOrder> accepted(std::chrono::milliseconds wait) = 0;
  /// Those that were told to come later.
  virtual std::size_t refused() const { return 0; }
};

}  // namespace waybill::bench
