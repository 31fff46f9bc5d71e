#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "waybill/base/uuid.hpp"
#include "waybill/contract/payload.hpp"
#include "waybill/inbox/fault.hpp"
#include "waybill/inbox/handlers.hpp"
#include "waybill/message/envelope.hpp"
#include "waybill/message/subscriber.hpp"

namespace waybill::inbox {

/// Why a message is given up without having been handled.
struct Refusal {
  Reason reason = Reason::unreadable;
  std::string error;
};

/// A row of waybill.parked.
struct ParkedAs {
  std::string key;
  base::Uuid id;
};

/// A message that this consumer has in hand.
struct Received {
  std::optional<message::DeliveryTag> tag;  ///< none of one that was parked: nothing is to be acknowledged
  std::optional<ParkedAs> parked;           ///< … but this removed
  bool is_suspect = false;                  ///< it was in somebody's hand before, who may have died of it
  message::Address origin;                  ///< where it was first published to
  base::Uuid id;
  std::uint32_t attempt = 1;
  std::int64_t payload_hash = 0;
  std::string type;

  message::Envelope envelope;        ///< where it can be read …
  message::WireMessage wire;         ///< … and where it can't
  contract::PayloadPointer payload;  ///< null where it is not to be handled
  const Handlers::Entry* handler = nullptr;
  std::optional<Refusal> refusal;
  bool is_skipped = false;  ///< an event that nobody here handles

  bool is_readable() const { return !envelope.id.value().is_nil(); }
};

}  // namespace waybill::inbox
