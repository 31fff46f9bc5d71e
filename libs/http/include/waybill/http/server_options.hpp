#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "waybill/http/request.hpp"
#include "waybill/http/router.hpp"

namespace waybill::http {

class ApiKeys;

/// What a server takes, and for how long it waits.
struct ServerLimits {
  std::size_t header_bytes = 8 * 1024;  ///< the request line included
  std::size_t header_fields = 64;
  std::size_t body_bytes = 64 * 1024;
  /// Beyond, for each new one that is closed which has been silent longest; failing that, one that sends a
  /// request slowly. Where all are being answered, the new one is told 503.
  std::size_t connections = 1'024;
  /// Requests that handlers are at; more are told 503 before anything is done.
  std::size_t requests = 512;
  /// Of server-sent events.
  std::size_t streams = 256;

  std::chrono::milliseconds header_within{10'000};  ///< from its first byte; also for TLS to be agreed on
  std::chrono::milliseconds body_within{20'000};    ///< and within the request's time, below
  std::chrono::milliseconds idle_within{60'000};    ///< for the first byte of a request
  /// For an answer, or an event, to be taken by the client; also for an event that its source is late with.
  std::chrono::milliseconds write_within{20'000};
  /// For a handler, from the first byte of the request on.
  std::chrono::milliseconds request_within{10'000};
  /// How often a silent stream is told that the server is still there; it is also how soon one notices that
  /// the client has gone.
  std::chrono::milliseconds quiet_for{5'000};
};

/// The PEM files by which a server speaks TLS.
struct ServerTls {
  std::string certificate{};  ///< with its chain
  std::string key{};          ///< without a passphrase
};

/// Why nothing more should be begun now.
struct Overload {
  std::string why{};  ///< for the client: "too many orders are waiting"
  std::chrono::seconds retry_after{1};
};

enum class AccessLog : std::uint8_t { none, faults, all };

struct ServerOptions {
  /// An address of this machine, not a name: "127.0.0.1", "::". Port 0 takes a free one.
  std::string address = "127.0.0.1";
  std::uint16_t port = 0;
  ServerLimits limits{};
  std::optional<ServerTls> tls{};
  /// Whose requests are taken on routes that ask for a scope; without any, those routes refuse everyone.
  std::shared_ptr<const ApiKeys> keys{};
  /// Asked before a request that may change something reaches its handler.
  std::function<std::optional<Overload>(const Request&)> overload{};
  AccessLog access_log = AccessLog::all;
};

/// Throws std::invalid_argument that names the option which cannot be right.
void check(const ServerOptions& options);

}  // namespace waybill::http
