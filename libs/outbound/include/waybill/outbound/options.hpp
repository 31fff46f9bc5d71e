#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>

#include "waybill/outbound/tls_files.hpp"

namespace waybill::outbound {

/// How many connections there may be. A connection carries one request at a time.
struct ConnectionLimits {
  std::uint32_t total = 64;
  /// To one host and port.
  std::uint32_t per_host = 16;
  /// Requests that wait for a connection; more are kept away.
  std::uint32_t waiting = 1'024;
  /// The most that looking up the name, connecting and agreeing on TLS may take together.
  std::chrono::milliseconds connect_within{5'000};
  /// A connection that was idle for longer is not used again, and is closed. Less than a server's own limit
  /// avoids sending into a connection that the server is just closing.
  std::chrono::milliseconds idle{15'000};
};

/// What is taken and sent at most.
struct MessageLimits {
  std::size_t request_head_bytes = 32 * 1024;  ///< URL and headers together
  std::size_t request_body_bytes = 8 * 1024 * 1024;
  std::size_t response_head_bytes = 64 * 1024;  ///< all status lines, headers and trailers together
  std::uint32_t response_headers = 128;
  std::size_t response_body_bytes = 1024 * 1024;
};

struct Options {
  /// In metrics.
  std::string name = "http";
  ConnectionLimits connections{};
  MessageLimits messages{};
  TlsFiles tls{};
  std::string user_agent = "waybill";
};

/// Throws std::invalid_argument that names the option which cannot be right.
void check(const Options& options);

}  // namespace waybill::outbound
