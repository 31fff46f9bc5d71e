#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace waybill::amqp {

// Reads what RabbitMQ says when it closes a channel; nothing when it says something else.

/// The exchange of: "NOT_FOUND - no exchange 'x' in vhost '/'", "ACCESS_REFUSED - access to exchange 'x' in
/// vhost …".
std::optional<std::string> exchange_in(std::string_view text);

struct InequivalentArgument {
  std::string name;
  std::string asked;
  std::string there;
  friend bool operator==(const InequivalentArgument&, const InequivalentArgument&) = default;
};

/// Of: "PRECONDITION_FAILED - inequivalent arg 'x-message-ttl' for queue 'q' in vhost '/': received the value
/// '1' of type 'signedint' but current is the value '2' of type 'signedint'". A value that is not set is
/// "none".
std::optional<InequivalentArgument> inequivalent_argument_in(std::string_view text);

}  // namespace waybill::amqp
