#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace waybill::amqp {

/// Why no exchange, queue, service or consumer is called so, and what to do: "is empty; …". Nothing when it
/// may be called so.
std::optional<std::string> flaw_of_name(std::string_view name);
std::optional<std::string> flaw_of_exchange_name(std::string_view name);
std::optional<std::string> flaw_of_queue_name(std::string_view name);

/// The same for the key of a binding: one that is compared letter by letter, and a pattern of a topic.
std::optional<std::string> flaw_of_key(std::string_view key);
std::optional<std::string> flaw_of_pattern(std::string_view pattern);

}  // namespace waybill::amqp
