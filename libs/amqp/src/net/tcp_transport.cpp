#include "net/tcp_transport.hpp"

#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <memory>
#include <system_error>
#include <utility>

#include "fault.hpp"

namespace waybill::amqp {
namespace {

std::string text_of(int error) { return std::generic_category().message(error); }

struct FreeAddresses {
  void operator()(addrinfo* addresses) const { freeaddrinfo(addresses); }
};
using Addresses = std::unique_ptr<addrinfo, FreeAddresses>;

Addresses resolve(const Endpoint& endpoint) {
  addrinfo hints{};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  const int error = getaddrinfo(endpoint.host.c_str(), std::to_string(endpoint.port).c_str(), &hints, &found);
  if (error == 0) return Addresses{found};
  throw ConnectionFault(Trouble::unreachable,
                        "the host name '" + endpoint.host + "' of the broker cannot be resolved (" +
                            (error == EAI_SYSTEM ? text_of(errno) : gai_strerror(error)) +
                            "); correct the host in the broker's URL, or its entry in DNS or /etc/hosts");
}

void wait_until_connected(const runtime::FileDescriptor& socket, Waiter& waiter, Attendant& attendant,
                          base::Deadline deadline, int& error) {
  short ready = 0;
  while (ready == 0 && !deadline.passed()) {
    ready = waiter.wait(socket.get(), POLLOUT, std::min(deadline.when(), attendant.attend()));
  }
  if (ready == 0) {
    error = ETIMEDOUT;
    return;
  }
  socklen_t size = sizeof(error);
  if (getsockopt(socket.get(), SOL_SOCKET, SO_ERROR, &error, &size) != 0) error = errno;
}

// Zero, or the system's error.
int connect_to(const addrinfo& address, Waiter& waiter, Attendant& attendant, base::Deadline deadline,
               runtime::FileDescriptor& connected) {
  runtime::FileDescriptor socket{::socket(address.ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)};
  if (socket.get() < 0) return errno;
  int error = connect(socket.get(), address.ai_addr, address.ai_addrlen) == 0 ? 0 : errno;
  if (error == EINPROGRESS) wait_until_connected(socket, waiter, attendant, deadline, error);
  if (error != 0) return error;
  const int on = 1;
  setsockopt(socket.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
  setsockopt(socket.get(), SOL_SOCKET, SO_KEEPALIVE, &on, sizeof(on));
  connected = std::move(socket);
  return 0;
}

}  // namespace

std::size_t TcpTransport::read(std::span<std::uint8_t> room) {
  const auto size = recv(socket_.get(), room.data(), room.size(), MSG_DONTWAIT);
  if (size > 0) return static_cast<std::size_t>(size);
  if (size == 0) throw ConnectionFault(Trouble::lost, "the broker ended the connection");
  if (errno == EAGAIN || errno == EINTR) return 0;
  throw ConnectionFault(Trouble::lost, "reading from the broker failed: " + text_of(errno));
}

std::size_t TcpTransport::write(std::span<const std::uint8_t> bytes) {
  const auto size = send(socket_.get(), bytes.data(), bytes.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
  if (size >= 0) return static_cast<std::size_t>(size);
  if (errno == EAGAIN || errno == EINTR) return 0;
  throw ConnectionFault(Trouble::lost, "writing to the broker failed: " + text_of(errno));
}

runtime::FileDescriptor connect_tcp(const Endpoint& endpoint, Waiter& waiter, Attendant& attendant,
                                    base::Deadline deadline) {
  const auto addresses = resolve(endpoint);
  int last_error = 0;
  for (const auto* address = addresses.get(); address != nullptr; address = address->ai_next) {
    runtime::FileDescriptor connected;
    last_error = connect_to(*address, waiter, attendant, deadline, connected);
    if (last_error == 0) return connected;
  }
  const std::string advice =
      last_error == ECONNREFUSED
          ? "nothing listens there; start the broker, or correct the host and port in its URL"
          : "check that the broker runs, and the network and firewalls between";
  throw ConnectionFault(Trouble::unreachable, "the broker at " + endpoint.address() + " cannot be reached (" +
                                                  text_of(last_error) + "): " + advice);
}

}  // namespace waybill::amqp
