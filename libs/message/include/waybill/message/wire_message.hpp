#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace waybill::message {

/// What a header holds. A nested table or array (a broker's x-death, say) arrives as its JSON text.
using HeaderValue = std::variant<std::string, std::int64_t, bool, double>;
using Headers = std::vector<std::pair<std::string, HeaderValue>>;

std::string to_text(const HeaderValue& value);
const HeaderValue* find_header(const Headers& headers, std::string_view name);

/// A message as the transport carries it, in AMQP 0-9-1's terms but without any library of it. Nothing in
/// here is trusted: read_envelope() makes an Envelope of it or says why not, and write_envelope() is the way
/// back. An empty property is one that is not set.
struct WireMessage {
  std::string message_id;
  std::string type;
  std::string app_id;
  std::string correlation_id;
  std::string reply_to;
  std::string content_type;
  std::optional<std::int64_t> timestamp_s;
  bool persistent = true;
  Headers headers;
  std::string body;

  friend bool operator==(const WireMessage&, const WireMessage&) = default;
};

}  // namespace waybill::message
