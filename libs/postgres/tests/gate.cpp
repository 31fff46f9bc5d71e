#include "gate.hpp"

#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <stdexcept>

namespace waybill::postgres::testing {
namespace {

int connect_to(const std::string& host, const std::string& port) {
  addrinfo hints{};
  hints.ai_family = AF_INET;
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  if (::getaddrinfo(host.c_str(), port.c_str(), &hints, &found) != 0) return -1;
  const int fd = ::socket(found->ai_family, found->ai_socktype | SOCK_CLOEXEC, 0);
  const bool connected = ::connect(fd, found->ai_addr, found->ai_addrlen) == 0;
  ::freeaddrinfo(found);
  if (connected) return fd;
  ::close(fd);
  return -1;
}

bool forward(int from, int to) {
  std::array<char, 65'536> buffer;
  const auto got = ::recv(from, buffer.data(), buffer.size(), 0);
  if (got <= 0) return false;
  for (ssize_t sent = 0; sent < got;) {
    const auto more = ::send(to, buffer.data() + sent, static_cast<std::size_t>(got - sent), MSG_NOSIGNAL);
    if (more <= 0) return false;
    sent += more;
  }
  return true;
}

bool readable(const pollfd& one) { return (one.revents & (POLLIN | POLLHUP | POLLERR)) != 0; }

}  // namespace

Gate::Gate(const std::string& host, const std::string& port) : host_(host), target_port_(port) {
  listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t length = sizeof address;
  auto* any = reinterpret_cast<sockaddr*>(&address);
  if (::bind(listener_, any, length) != 0 || ::listen(listener_, 16) != 0 ||
      ::getsockname(listener_, any, &length) != 0)
    throw std::runtime_error("the gate of the test has no port");
  port_ = std::to_string(ntohs(address.sin_port));
  acceptor_ = std::thread([this] { accept_all(); });
}

Gate::~Gate() {
  stopping_ = true;
  cut_all();
  acceptor_.join();
  cut_all();
  for (auto& relay : relays_) relay.join();
  ::close(listener_);
}

void Gate::cut_all() {
  const std::lock_guard lock(mutex_);
  for (const int client : clients_) ::shutdown(client, SHUT_RDWR);
  cut_ = clients_;
}

void Gate::accept_all() {
  while (!stopping_) {
    pollfd one{.fd = listener_, .events = POLLIN, .revents = 0};
    if (::poll(&one, 1, 20) <= 0) continue;
    const int client = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (client < 0) continue;
    {
      const std::lock_guard lock(mutex_);
      clients_.push_back(client);
    }
    relays_.emplace_back([this, client] { relay(client); });
  }
}

void Gate::relay(int client) {
  const int server = connect_to(host_, target_port_);
  while (server >= 0 && !stopping_) {
    std::array<pollfd, 2> both{pollfd{.fd = client, .events = POLLIN, .revents = 0},
                               pollfd{.fd = server, .events = POLLIN, .revents = 0}};
    // poll() passes over a negative descriptor. It returns soon, because the mode may have changed.
    if (mode_ == Mode::deaf) both[0].fd = -1;
    if (mode_ == Mode::silent) both[1].fd = -1;
    if (::poll(both.data(), 2, 20) < 0) break;
    if (readable(both[0]) && (mode_ == Mode::cut_at_question || !forward(client, server))) break;
    if (readable(both[1]) && (mode_ == Mode::cut_at_answer || !forward(server, client))) break;
    const std::lock_guard lock(mutex_);
    if (std::ranges::find(cut_, client) != cut_.end()) break;
  }
  if (server >= 0) ::close(server);
  const std::lock_guard lock(mutex_);
  std::erase(clients_, client);
  std::erase(cut_, client);
  ::close(client);
}

}  // namespace waybill::postgres::testing
