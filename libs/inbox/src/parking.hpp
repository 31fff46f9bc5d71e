#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "received.hpp"
#include "waybill/message/subscriber.hpp"
#include "waybill/postgres/tx.hpp"

namespace waybill::inbox {

/// Of a queue with an order: which of these messages must wait for an earlier one of their key is noted in
/// `parked`, and put into waybill.parked behind it. What waits there already, and what is in `messages` but
/// neither committed nor among the members (it failed, and is tried alone after them), comes first.
void park_behind(postgres::Tx& tx, const std::string& consumer, std::span<const Received* const> messages,
                 std::span<const std::size_t> members, const std::vector<bool>& committed,
                 std::vector<bool>& parked);

/// Waits until nobody else is at these keys of the consumer, and keeps them until the transaction ends.
/// Whatever changes which message of a key may go does so behind this.
void lock_keys(postgres::Tx& tx, const std::string& consumer, const std::set<std::string>& keys);

/// Of these, which are over, those that may be parked are so no longer: what waits behind them may go.
void unpark(postgres::Tx& tx, const std::string& consumer, std::span<const Received* const> over);

/// This one failed and is to be tried again after so long: its key waits for it.
void park_first(postgres::Tx& tx, const std::string& consumer, const Received& message,
                std::chrono::milliseconds wait);
/// This one failed and is not tried again by itself, and still its key waits for it.
void park_for_ever(postgres::Tx& tx, const std::string& consumer, const Received& message);

/// Of keys whose first message is due: the messages, in order, at most so many. Where there are none, `next`
/// is when there will be, if ever. What another process has taken is delivered as `redelivered`.
struct Due {
  struct Message {
    ParkedAs row;
    message::Delivery delivery;
  };
  std::vector<Message> messages;
  std::optional<std::chrono::milliseconds> next;
};
Due take_due(postgres::Tx& tx, const std::string& consumer, std::size_t most);

}  // namespace waybill::inbox
