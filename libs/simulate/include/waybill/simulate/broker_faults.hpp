#pragma once

#include <chrono>

namespace waybill::simulate {

/// How often a broker and the way to it fail, in percent, each a fault of the dice. None by itself.
struct BrokerFaults {
  // Of publishes:
  unsigned never_sends = 0;      ///< there was no connection: Unknown, and it did not leave the process
  unsigned loses_publishes = 0;  ///< lost on the way: Unknown, and it does not arrive
  unsigned loses_confirms = 0;   ///< Unknown, and it has arrived
  unsigned nacks = 0;
  unsigned doubles = 0;  ///< it stands in its queues twice
  unsigned delays = 0;   ///< it arrives late, and is overtaken by messages of other keys
  // Of whatever is done with a connection:
  unsigned cuts = 0;  ///< it is cut: what was not answered or not settled is open again
  // Of messages that come back from a consumer:
  unsigned reorders = 0;  ///< it comes behind some of other keys
};

/// How long things take, in virtual time.
struct BrokerTimes {
  std::chrono::milliseconds shortest{1};  ///< one way between a process and its broker
  std::chrono::milliseconds longest{3};
  std::chrono::milliseconds longest_delay{500};      ///< of what is late
  std::chrono::milliseconds longest_reconnect{100};  ///< until a connection that was cut stands again
};

}  // namespace waybill::simulate
