#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "received.hpp"
#include "store.hpp"
#include "verdicts.hpp"
#include "waybill/contract/codec.hpp"
#include "waybill/inbox/consumer.hpp"
#include "waybill/outbox/message.hpp"

namespace waybill::inbox {

/// What all dead letters and retries of one consumer have in common.
struct Origins {
  const ConsumerOptions& options;
  const contract::Codec& codec;
  std::string service;
  std::string host;
};

/// The message as it is, with the number of its next attempt, for the retry exchange.
outbox::RawMessage retry_of(const Received& message, const Origins& origins);

/// The message as it is, for the queue's dead letters, with its diagnosis in its headers. What makes it too
/// large for the headers of a message is left out, and that is said. Nothing where no broker would take its
/// payload a second time.
std::optional<outbox::RawMessage> dead_letter_of(const Received& message, Reason reason,
                                                 const Failure& failure, const store::Advanced& when,
                                                 const Origins& origins);

}  // namespace waybill::inbox
