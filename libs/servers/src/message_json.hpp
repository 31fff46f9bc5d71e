#pragma once

#include <nlohmann/json.hpp>

#include "waybill/message/wire_message.hpp"

namespace waybill::servers {

/// A message in the management API's terms: `properties`, `payload` and its encoding.
nlohmann::json to_json(const message::WireMessage& message);
message::WireMessage from_json(const nlohmann::json& json);

nlohmann::json to_json(const message::Headers& headers);

}  // namespace waybill::servers
