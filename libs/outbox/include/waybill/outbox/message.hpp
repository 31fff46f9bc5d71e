#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>
#include <utility>

#include "waybill/message/envelope.hpp"
#include "waybill/message/names.hpp"
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

/// Puts messages into the outbox, in one statement and in their order: they are sent if the transaction is
/// committed, and only then. Throws std::invalid_argument for one that no broker could take (a name above 255
/// bytes, a payload above 16 MiB), before anything is written.
void add(postgres::Tx& tx, std::span<const Message> messages);

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
