#pragma once

#include <functional>
#include <string>

#include "waybill/contract/codec.hpp"
#include "waybill/message/names.hpp"

namespace waybill::outbox {

/// The exchanges to which messages of a kind go.
struct Routes {
  message::Exchange commands{"commands"};
  message::Exchange replies{"replies"};
  message::Exchange events{"events.fanout"};
};

/// As whom a service sends, how it writes what it sends, and where to. It outlives what sends with it; any
/// thread.
struct Sender {
  /// The service's name: the source of all its messages, and the routing key of the replies it asks for.
  std::string service{};
  contract::Codec codec{};
  Routes routes{};
  /// Called after the commit of a transaction that sends something, to wake the relay. Must not throw.
  std::function<void()> committed{};
};

}  // namespace waybill::outbox
