#include "waybill/servers/listening_port.hpp"

#include <netinet/in.h>
#include <sys/socket.h>

#include <atomic>
#include <random>
#include <stdexcept>
#include <string>

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

}  // namespace

std::uint16_t free_port() {
  // Processes begin at different places, so that those of one test run seldom meet.
  static std::atomic<std::uint32_t> next{std::random_device{}() % ports};
  for (std::uint32_t tried = 0; tried < ports; ++tried) {
    const auto port = static_cast<std::uint16_t>(lowest_port + next++ % ports);
    const runtime::FileDescriptor probe(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    auto address = loopback(port);
    if (::bind(probe.get(), generic(address), sizeof(address)) == 0) return port;
  }
  throw std::runtime_error("none of the ports from " + std::to_string(lowest_port) + " to " +
                           std::to_string(lowest_port + ports - 1) + " is free: stop something");
}

ListeningPort::ListeningPort(int room, std::uint16_t number)
    : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  auto address = loopback(number);
  socklen_t size = sizeof(address);
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
