#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "waybill/message/names.hpp"
#include "waybill/message/wire_message.hpp"

namespace waybill::outbox {

inline constexpr std::size_t max_name_bytes = 255;  // AMQP's short strings
inline constexpr std::size_t max_payload_bytes = 16 * 1024 * 1024;
inline constexpr std::size_t max_headers_bytes =
    64 * 1024;  // half of the smallest frame that brokers agree on

/// Why no broker would take this message, whenever; nothing when it can be sent. Without this, one such row
/// would be tried for ever, and its key would wait behind it.
std::optional<std::string> why_not_sendable(const message::Address& to, const message::WireMessage& message);

}  // namespace waybill::outbox
