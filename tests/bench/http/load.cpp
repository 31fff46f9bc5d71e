#include "load.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <memory>
#include <stdexcept>
#include <string_view>
#include <vector>

#include "waybill/runtime/file_descriptor.hpp"

namespace waybill::bench {
namespace {

using Clock = std::chrono::steady_clock;

runtime::FileDescriptor connect_to(std::uint16_t port) {
  runtime::FileDescriptor socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in at{};
  at.sin_family = AF_INET;
  at.sin_port = htons(port);
  at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::connect(socket.get(), reinterpret_cast<const sockaddr*>(&at), sizeof at) != 0) {
    throw std::runtime_error("cannot connect to the server");
  }
  const int yes = 1;
  ::setsockopt(socket.get(), IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
  return socket;
}

/// One answer after the other from the bytes of a connection.
class AnswerBytes {
 public:
  void add(std::string_view bytes) { bytes_.append(bytes); }
  /// Whether an answer is whole; it is taken away.
  bool take(int status) {
    const auto head = bytes_.find("\r\n\r\n");
    if (head == std::string::npos) return false;
    const auto end = head + 4 + length_in(std::string_view(bytes_).substr(0, head));
    if (bytes_.size() < end) return false;
    if (bytes_.compare(0, 12, "HTTP/1.1 " + std::to_string(status)) != 0) {
      throw std::runtime_error("the server answered: " + bytes_.substr(0, end));
    }
    bytes_.erase(0, end);
    return true;
  }

 private:
  static std::size_t length_in(std::string_view head) {
    constexpr std::string_view name = "\r\nContent-Length: ";
    const auto found = head.find(name);
    return found == std::string_view::npos ? 0 : std::stoul(std::string(head.substr(found + name.size(), 8)));
  }
  std::string bytes_;
};

struct Client {
  runtime::FileDescriptor socket;
  AnswerBytes answers;
  Clock::time_point sent{};

  void send(const std::string& request) {
    sent = Clock::now();
    if (::send(socket.get(), request.data(), request.size(), MSG_NOSIGNAL) !=
        static_cast<ssize_t>(request.size())) {
      throw std::runtime_error("a request was not sent whole");
    }
  }
};

}  // namespace

Seen load_server(std::uint16_t port, std::size_t connections, std::size_t requests, int status,
                 const std::function<std::string()>& next_request) {
  const runtime::FileDescriptor poll(::epoll_create1(EPOLL_CLOEXEC));
  std::vector<std::unique_ptr<Client>> clients;
  for (std::size_t n = 0; n < connections; ++n) {
    clients.push_back(std::make_unique<Client>(connect_to(port)));
    epoll_event event{.events = EPOLLIN, .data = {.u64 = n}};
    ::epoll_ctl(poll.get(), EPOLL_CTL_ADD, clients.back()->socket.get(), &event);
  }
  std::vector<std::chrono::nanoseconds> took;
  took.reserve(requests);
  std::size_t sent = 0;
  const auto began = Clock::now();
  for (auto& client : clients) {
    client->send(next_request());
    ++sent;
  }
  std::array<epoll_event, 64> ready{};
  std::array<char, 4096> bytes{};
  while (took.size() < requests) {
    const int count = ::epoll_wait(poll.get(), ready.data(), static_cast<int>(ready.size()), 10'000);
    if (count <= 0) throw std::runtime_error("the server has not answered for ten seconds");
    for (const auto& event : std::span(ready).first(static_cast<std::size_t>(count))) {
      auto& client = *clients[event.data.u64];
      const auto read = ::recv(client.socket.get(), bytes.data(), bytes.size(), 0);
      if (read <= 0) throw std::runtime_error("the server has closed a connection");
      client.answers.add({bytes.data(), static_cast<std::size_t>(read)});
      if (!client.answers.take(status)) continue;
      took.push_back(Clock::now() - client.sent);
      if (sent < requests) {
        client.send(next_request());
        ++sent;
      }
    }
  }
  const std::chrono::duration<double> whole = Clock::now() - began;
  std::ranges::sort(took);
  return {static_cast<double>(requests) / whole.count(), took[took.size() * 99 / 100]};
}

}  // namespace waybill::bench
