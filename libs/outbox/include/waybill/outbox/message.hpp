#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "waybill/base/clock.hpp"
#include "waybill/message/envelope.hpp"
#include "waybill/message/names.hpp"
#include "waybill/message/wire_message.hpp"
#include "waybill/postgres/tx.hpp"
#include "waybill/postgres/types.hpp"

namespace waybill::outbox {

/// What a row of the outbox is. The relay keeps what it has sent of events, and of nothing else.
enum class Kind : std::uint8_t { command, event, reply, refusal, reminder, retry, dead_letter };

/// A message and where it goes. Its subject is its key: messages of one exchange and key are sent in the
/// order of their ids, one after the other; those without a subject in any order.
struct Message {
  Kind kind = Kind::event;
  message::Address to;
  message::Envelope envelope;
};

/// A message that is passed on as the transport brought it, which may be unreadable: it keeps its type,
/// properties, headers and body, and goes out under this id.
struct RawMessage {
  Kind kind = Kind::retry;
  message::Address to;
  base::Uuid id;
  std::string key;
  message::WireMessage wire;
};

/// When a scheduled message is due: a time, or so long after now, by the database's clock.
using Due = std::variant<base::WallTime, std::chrono::milliseconds>;

/// A message for later that gets its id when it becomes due: the id that is in it is not used.
struct Reminder {
  Message message;
  Due due;
};

/// A message that failed, to come again: it keeps its id. Of one message there is one attempt of that number
/// for each consumer, however often it is scheduled.
struct Retry {
  RawMessage message;
  Due due;
  std::string consumer;
  std::uint32_t attempt = 1;
};

/// Puts messages into the outbox, in one statement, pipelined, and in their order: they are sent if the
/// transaction is committed, and only then. Throws std::invalid_argument for one that no broker could take (a
/// name above 255 bytes, a payload above 16 MiB), before anything is written.
void add(postgres::Tx& tx, std::span<const Message> messages);
void add(postgres::Tx& tx, std::span<const RawMessage> messages);

/// The same for later: the relay puts them into the outbox when they are due.
void schedule(postgres::Tx& tx, std::span<const Reminder> reminders);
void schedule(postgres::Tx& tx, std::span<const Retry> retries);

}  // namespace waybill::outbox

template <>
struct waybill::postgres::EnumTexts<waybill::outbox::Kind> {
  using Kind = waybill::outbox::Kind;
  static constexpr std::array texts{std::pair{Kind::command, "command"},
                                    std::pair{Kind::event, "event"},
                                    std::pair{Kind::reply, "reply"},
                                    std::pair{Kind::refusal, "refusal"},
                                    std::pair{Kind::reminder, "reminder"},
                                    std::pair{Kind::retry, "retry"},
                                    std::pair{Kind::dead_letter, "dead_letter"}};
};
