#include "waybill/servers/listening_port.hpp"

#include <netinet/in.h>
#include <sys/socket.h>

#include <mutex>
#include <random>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace waybill::servers {
namespace {

sockaddr_in loopback(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(port);
  return address;
}

// Below those that scripts/stack takes: of a server that is down for a moment, too, the port is not free.
constexpr std::uint32_t lowest_port = 10'000;
constexpr std::uint32_t ports = 5'000;

sockaddr* generic(sockaddr_in& address) { return static_cast<sockaddr*>(static_cast<void*>(&address)); }

runtime::FileDescriptor new_socket() {
  return runtime::FileDescriptor(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
}

/// Who sets this can listen where somebody else who has set it is bound and does not listen.
void share_address(int socket) {
  const int yes = 1;
  if (::setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes)) != 0)
    throw std::runtime_error("a socket cannot be told to share its address");
}

/// Bound to the port and shared from then on, so that one claim keeps another off, and no listener. Nothing
/// where somebody has it already.
runtime::FileDescriptor claim_to(std::uint16_t port) {
  auto claim = new_socket();
  auto address = loopback(port);
  if (::bind(claim.get(), generic(address), sizeof(address)) != 0) return {};
  share_address(claim.get());
  return claim;
}

}  // namespace

std::uint16_t free_port() {
  static std::mutex mutex;
  static std::vector<runtime::FileDescriptor> claims;
  // Processes begin at different places, so that they seldom try one port at the same time.
  static std::uint32_t next = std::random_device{}() % ports;
  const std::scoped_lock lock(mutex);
  for (std::uint32_t tried = 0; tried < ports; ++tried) {
    const auto port = static_cast<std::uint16_t>(lowest_port + next++ % ports);
    auto claim = claim_to(port);
    if (!claim) continue;
    claims.push_back(std::move(claim));
    return port;
  }
  throw std::runtime_error("none of the ports from " + std::to_string(lowest_port) + " to " +
                           std::to_string(lowest_port + ports - 1) + " is free: stop something");
}

ListeningPort::ListeningPort(int room, std::uint16_t number) : socket_(new_socket()) {
  auto address = loopback(number);
  socklen_t size = sizeof(address);
  if (number != 0) share_address(socket_.get());
  if (::bind(socket_.get(), generic(address), size) != 0 || ::listen(socket_.get(), room) != 0 ||
      ::getsockname(socket_.get(), generic(address), &size) != 0) {
    throw std::runtime_error("port " + std::to_string(number) +
                             " of this host (0: any) cannot be listened on");
  }
  number_ = ntohs(address.sin_port);
}

FullPort::FullPort() : port_(0) {
  auto address = loopback(number());
  for (auto& filler : fillers_) {
    filler.reset(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    ::connect(filler.get(), generic(address), sizeof(address));
  }
}

}  // namespace waybill::servers
