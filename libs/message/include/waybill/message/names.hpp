#pragma once

#include <string>

#include "waybill/base/strong.hpp"
#include "waybill/base/uuid.hpp"

namespace waybill::message {

using MessageId = base::Strong<base::Uuid, struct MessageIdTag>;
using Exchange = base::Strong<std::string, struct ExchangeTag>;
using RoutingKey = base::Strong<std::string, struct RoutingKeyTag>;
using Queue = base::Strong<std::string, struct QueueTag>;

/// Where a message is sent, or where one came from.
struct Address {
  Exchange exchange;
  RoutingKey routing_key;
  friend bool operator==(const Address&, const Address&) = default;
};

}  // namespace waybill::message
