#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "waybill/base/clock.hpp"
#include "waybill/base/uuid.hpp"
#include "waybill/message/names.hpp"

namespace waybill::message {

/// The saga, step and epoch that a command belongs to; a reply echoes them, and finds its step by them.
struct SagaReference {
  base::Uuid saga;
  std::string step;
  std::uint32_t epoch = 0;
  friend bool operator==(const SagaReference&, const SagaReference&) = default;
};

/// A CloudEvents 1.0 message: what it is, whence it came, what it belongs to, and its payload, which is only
/// bytes here. An empty text is an attribute that is not set.
struct Envelope {
  MessageId id;
  std::string type;       ///< the full protobuf name
  std::string source;     ///< who sent it; app_id on the wire
  std::string subject;    ///< the ordering key
  base::WallTime time{};  ///< when what it tells of happened
  std::optional<base::WallTime> expiry;
  std::string correlation_id;  ///< the business key: an order's id, say
  std::string reply_to;        ///< the routing key for replies
  std::string content_type;
  std::optional<base::Uuid> causation_id;     ///< the message whose handling sent this one
  std::optional<base::Uuid> conversation_id;  ///< the message that began it all
  std::string traceparent;
  std::string tracestate;
  std::uint32_t attempt = 1;  ///< 1 is the first delivery; a scheduled retry counts up
  std::optional<SagaReference> saga;
  std::map<std::string, std::string> headers;  ///< the users' own, carried along
  std::string foreign_id;  ///< the id as it came, where it was not a UUIDv7 and `id` was derived from it
  std::string payload;

  friend bool operator==(const Envelope&, const Envelope&) = default;
};

}  // namespace waybill::message
