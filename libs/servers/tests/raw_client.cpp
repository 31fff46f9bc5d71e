#include "raw_client.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <limits>
#include <ostream>
#include <stdexcept>

namespace waybill::servers::testing {
namespace {

constexpr std::chrono::milliseconds patience{10'000};
constexpr std::chrono::milliseconds a_while{150};

runtime::FileDescriptor connect_to(std::uint16_t port) {
  runtime::FileDescriptor socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::connect(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) return {};
  const int on = 1;
  ::setsockopt(socket.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  ::fcntl(socket.get(), F_SETFL, O_NONBLOCK);
  return socket;
}

}  // namespace

bool RawClient::refused(std::uint16_t port) { return !connect_to(port) && errno == ECONNREFUSED; }

RawClient::RawClient(std::uint16_t port) : socket_(connect_to(port)) {
  if (!socket_) throw std::runtime_error("the test's client cannot connect");
}

bool RawClient::wait(short events, std::chrono::milliseconds limit) const {
  pollfd one{.fd = socket_.get(), .events = events, .revents = 0};
  return ::poll(&one, 1, static_cast<int>(limit.count())) == 1;
}

bool RawClient::send(std::string_view bytes) {
  while (!bytes.empty()) {
    const auto sent = ::send(socket_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent > 0) bytes.remove_prefix(static_cast<std::size_t>(sent));
    if (sent < 0 && (errno != EAGAIN || !wait(POLLOUT, patience))) return false;
  }
  return true;
}

std::size_t RawClient::send_until_blocked() {
  const std::string block(64 * 1024, 'x');
  for (std::size_t total = 0;;) {
    const auto sent = ::send(socket_.get(), block.data(), block.size(), MSG_NOSIGNAL);
    if (sent > 0) total += static_cast<std::size_t>(sent);
    if (sent < 0 && (errno != EAGAIN || !wait(POLLOUT, a_while))) return total;
  }
}

std::string RawClient::receive(std::size_t count) {
  std::string received;
  std::array<char, 16 * 1024> bytes;
  while (received.size() < count && end_ == End::none) {
    const auto got = ::recv(socket_.get(), bytes.data(), std::min(bytes.size(), count - received.size()), 0);
    if (got > 0) received.append(bytes.data(), static_cast<std::size_t>(got));
    if (got == 0) end_ = End::end;
    if (got < 0 && errno == ECONNRESET) end_ = End::reset;
    if (got < 0 && (errno != EAGAIN || !wait(POLLIN, patience))) break;
  }
  return received;
}

std::string RawClient::receive_all() { return receive(std::numeric_limits<std::size_t>::max()); }

RawClient::End RawClient::end() {
  receive_all();
  return end_;
}

bool RawClient::silent() const { return !wait(POLLIN, a_while); }

void RawClient::finish_sending() { ::shutdown(socket_.get(), SHUT_WR); }

void RawClient::reset() {
  const linger at_once{.l_onoff = 1, .l_linger = 0};
  ::setsockopt(socket_.get(), SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  socket_.reset();
}

std::ostream& operator<<(std::ostream& out, RawClient::End end) {
  return out << (end == RawClient::End::none ? "none" : end == RawClient::End::end ? "end" : "reset");
}

}  // namespace waybill::servers::testing
