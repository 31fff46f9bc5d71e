#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "waybill/amqp/endpoint.hpp"
#include "waybill/amqp/tls_files.hpp"
#include "waybill/base/backoff.hpp"

namespace waybill::amqp {

/// How a connection is made and kept.
struct Options {
  /// Tried in turn, for ever. All of them are one broker or cluster.
  std::vector<Endpoint> endpoints{Endpoint{}};
  /// For the endpoints with TLS.
  TlsFiles tls{};
  /// What operators see in the broker's list of connections.
  std::string connection_name = "waybill";
  /// A broker that is silent for two of these is taken for dead. The broker may ask for less.
  std::chrono::seconds heartbeat{10};
  /// The most that connecting, logging in, or one answer of the set-up may take.
  std::chrono::milliseconds answer_timeout{5'000};
  /// The waits between rounds over the endpoints.
  base::Backoff::Limits backoff{std::chrono::milliseconds{100}, std::chrono::milliseconds{5'000}, 2.0};
  /// A larger body is refused before it is sent. The broker takes 128 MiB at most.
  std::size_t max_message_bytes = 16 * 1024 * 1024;
  /// The largest frame; the broker may ask for less.
  std::uint32_t frame_max_bytes = 131'072;

  /// The defaults, for these URLs. Throws std::invalid_argument for a malformed one.
  static Options for_urls(std::initializer_list<std::string_view> urls);
};

/// Throws std::invalid_argument that names the option which cannot be right.
void check(const Options& options);

}  // namespace waybill::amqp
