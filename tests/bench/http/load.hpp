#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>

namespace waybill::bench {

/// What clients saw of a server.
struct Seen {
  double per_second = 0;
  std::chrono::nanoseconds p99{};
};

/// Sends requests over so many connections, the next on each when its answer is there, on the calling
/// thread: plain sockets and epoll, so that what is measured is the server. The answers have to be of one
/// status, or it throws.
Seen load_server(std::uint16_t port, std::size_t connections, std::size_t requests, int status,
                 const std::function<std::string()>& next_request);

}  // namespace waybill::bench
