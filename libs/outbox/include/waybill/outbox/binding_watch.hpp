#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "waybill/message/names.hpp"

namespace waybill::outbox {

class BindingSource;

enum class ExchangeType : std::uint8_t { direct, fanout, topic };

/// A binding that ought to be there.
struct WantedBinding {
  message::Exchange exchange{};
  ExchangeType type = ExchangeType::fanout;
  message::Queue queue{};
  message::RoutingKey routing_key{};
  /// False for a binding by which no event goes: its loss raises the alarm, and nothing is sent again.
  bool carries_events = true;
  friend bool operator==(const WantedBinding&, const WantedBinding&) = default;
};

struct WatchLimits {
  std::chrono::milliseconds look_every{5'000};
  std::chrono::milliseconds look_within{4'000};  ///< then the look is given up
  /// A replay begins so much earlier than it would have to if all clocks were right, all nodes of a broker
  /// knew of a change at once, and its counts of messages were of this moment.
  std::chrono::milliseconds margin{30'000};
  /// Nothing stays longer in a queue than this: it is handled, or a dead letter.
  std::chrono::milliseconds queue_keeps{std::chrono::hours{24}};
  std::size_t replay_rows = 500;                ///< of outbox_sent, in one statement
  std::chrono::milliseconds retry_first{100};   ///< the wait after copies were not confirmed, doubled …
  std::chrono::milliseconds retry_most{5'000};  ///< … up to this
};

/// What the leader of an outbox watches: whether the broker has these bindings. Without a source it says once
/// that they are not watched.
struct BindingWatch {
  std::vector<WantedBinding> wanted{};
  BindingSource* source = nullptr;  ///< outlives the relay
  /// A direct exchange where each queue is bound by its own name. The watch also binds queues to it, by keys
  /// that nobody sends to: a queue that has lost such a mark is another queue of the same name.
  message::Exchange retry{"retry"};
  WatchLimits limits{};
};

}  // namespace waybill::outbox
