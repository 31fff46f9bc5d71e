#include "load.hpp"

#include <sys/epoll.h>

#include <algorithm>
#include <array>
#include <memory>
#include <span>
#include <stdexcept>
#include <vector>

#include "kept_connection.hpp"

namespace waybill::bench {
namespace {

using Clock = std::chrono::steady_clock;

struct Client {
  explicit Client(std::uint16_t port) : connection(port) {}
  KeptConnection connection;
  Clock::time_point sent{};

  void send(const std::string& request) {
    sent = Clock::now();
    connection.send(request);
  }
};

}  // namespace

Seen load_server(std::uint16_t port, std::size_t connections, std::size_t requests, int status,
                 const std::function<std::string()>& next_request) {
  const runtime::FileDescriptor poll(::epoll_create1(EPOLL_CLOEXEC));
  std::vector<std::unique_ptr<Client>> clients;
  for (std::size_t n = 0; n < connections; ++n) {
    clients.push_back(std::make_unique<Client>(port));
    epoll_event event{.events = EPOLLIN, .data = {.u64 = n}};
    ::epoll_ctl(poll.get(), EPOLL_CTL_ADD, clients.back()->connection.descriptor(), &event);
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
  while (took.size() < requests) {
    const int count = ::epoll_wait(poll.get(), ready.data(), static_cast<int>(ready.size()), 10'000);
    if (count <= 0) throw std::runtime_error("the server has not answered for ten seconds");
    for (const auto& event : std::span(ready).first(static_cast<std::size_t>(count))) {
      auto& client = *clients[event.data.u64];
      const auto got = client.connection.receive();
      if (!got) continue;
      if (got->status != status) throw std::runtime_error("the server answered: " + got->text);
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
