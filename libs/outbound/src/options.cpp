#include "waybill/outbound/options.hpp"

#include <cerrno>
#include <cstring>
#include <fstream>
#include <stdexcept>

#include "exchange/request_check.hpp"
#include "waybill/outbound/resilience_options.hpp"

namespace waybill::outbound {
namespace {

using std::chrono::milliseconds;

// Longer ones do not fit into what curl counts with, and are surely a mistake.
constexpr milliseconds longest = std::chrono::hours{24};

void require(bool holds, const std::string& otherwise) {
  if (!holds) throw std::invalid_argument("outbound: " + otherwise);
}

void require_readable(const std::string& file, const std::string& option) {
  if (file.empty()) return;
  errno = 0;
  const bool is_readable = std::ifstream{file}.good();
  const std::string why = std::strerror(errno);
  require(is_readable,
          option + " '" + file + "' cannot be read: " + why + "; name a PEM file that this user may read");
}

void require_duration(milliseconds value, const std::string& option) {
  require(value.count() > 0 && value <= longest,
          option + " is " + std::to_string(value.count()) + " ms; it takes more than 0, and a day at most");
}

}  // namespace

void check(const Options& options) {
  const auto& connections = options.connections;
  require(connections.total > 0, "connections.total is 0; nothing could be sent");
  require(connections.per_host > 0 && connections.per_host <= connections.total,
          "connections.per_host is " + std::to_string(connections.per_host) +
              "; it takes 1 to connections.total, which is " + std::to_string(connections.total));
  require_duration(connections.connect_within, "connections.connect_within");
  require_duration(connections.idle, "connections.idle");
  const auto& messages = options.messages;
  require(
      messages.request_head_bytes > 0 && messages.response_head_bytes > 0 && messages.response_headers > 0,
      "messages.request_head_bytes, response_head_bytes and response_headers must be more than 0");
  require(options.tls.certificate.empty() == options.tls.key.empty(),
          "tls.certificate and tls.key belong together: give both or neither");
  require_readable(options.tls.authority, "tls.authority");
  require_readable(options.tls.certificate, "tls.certificate");
  require_readable(options.tls.key, "tls.key");
  require(is_header_value(options.user_agent), "user_agent may hold no control characters");
}

void check(const ResilienceOptions& options) {
  resilience::check(options.retry);
  if (options.breaker) resilience::check(*options.breaker);
  require(!options.attempt_within || options.attempt_within->count() > 0,
          "attempt_within must be more than nothing");
}

}  // namespace waybill::outbound
