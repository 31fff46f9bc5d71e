#include "gate.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <system_error>
#include <vector>

namespace waybill::amqp::tests {
namespace {

constexpr std::size_t most_held = 256 * 1024;

sockaddr_in loopback(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

const sockaddr* generic(const sockaddr_in& address) {
  return static_cast<const sockaddr*>(static_cast<const void*>(&address));
}

void must(bool holds, const char* what) {
  if (!holds) throw std::system_error(errno, std::generic_category(), what);
}

// False when the connection has ended.
bool move_bytes(int from, short from_events, int to, short to_events, std::string& held) {
  if ((from_events & (POLLIN | POLLHUP | POLLERR)) != 0 && held.size() < most_held) {
    std::array<char, 65'536> bytes{};
    const auto size = recv(from, bytes.data(), bytes.size(), MSG_DONTWAIT);
    if (size == 0 || (size < 0 && errno != EAGAIN)) return false;
    if (size > 0) held.append(bytes.data(), static_cast<std::size_t>(size));
  }
  if (!held.empty() && ((to_events & POLLOUT) != 0 || (from_events & POLLIN) != 0)) {
    const auto size = send(to, held.data(), held.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
    if (size < 0 && errno != EAGAIN) return false;
    if (size > 0) held.erase(0, static_cast<std::size_t>(size));
  }
  return true;
}

short wanted(const std::string& incoming, const std::string& outgoing) {
  return static_cast<short>((incoming.size() < most_held ? POLLIN : 0) | (outgoing.empty() ? 0 : POLLOUT));
}

}  // namespace

Gate::Gate(const Endpoint& behind)
    : behind_(behind), listener_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  must(listener_.get() >= 0, "gate: socket");
  auto address = loopback(0);
  must(bind(listener_.get(), generic(address), sizeof(address)) == 0, "gate: bind");
  must(listen(listener_.get(), 64) == 0, "gate: listen");
  socklen_t size = sizeof(address);
  must(getsockname(listener_.get(), static_cast<sockaddr*>(static_cast<void*>(&address)), &size) == 0,
       "gate: name");
  port_ = ntohs(address.sin_port);
  thread_ = std::jthread([this] { run(); });
}

Gate::~Gate() {
  stopped_ = true;
  changed_.signal();
}

Endpoint Gate::endpoint() const {
  auto endpoint = behind_;
  endpoint.host = "127.0.0.1";
  endpoint.port = port_;
  return endpoint;
}

void Gate::cut() {
  const std::lock_guard lock(mutex_);
  passages_.clear();
  changed_.signal();
}

void Gate::freeze(bool frozen) {
  frozen_ = frozen;
  changed_.signal();
}

void Gate::refuse(bool refused) { refused_ = refused; }

std::size_t Gate::connections() {
  const std::lock_guard lock(mutex_);
  return passages_.size();
}

void Gate::take_in() {
  runtime::FileDescriptor near{accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC)};
  if (!near || refused_) return;
  runtime::FileDescriptor far{socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
  const auto address = loopback(behind_.port);
  if (connect(far.get(), generic(address), sizeof(address)) != 0) return;
  const int on = 1;
  setsockopt(near.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
  setsockopt(far.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
  const std::lock_guard lock(mutex_);
  passages_.push_back({std::move(near), std::move(far), {}, {}});
}

bool Gate::pass(Passage& passage, short near_events, short far_events) {
  const int near = passage.near.get();
  const int far = passage.far.get();
  return move_bytes(near, near_events, far, far_events, passage.to_far) &&
         move_bytes(far, far_events, near, near_events, passage.to_near);
}

void Gate::run() {
  while (!stopped_) {
    std::vector<pollfd> polled{{changed_.descriptor(), POLLIN, 0}, {listener_.get(), POLLIN, 0}};
    {
      const std::lock_guard lock(mutex_);
      for (const auto& each : passages_) {
        if (frozen_) break;
        polled.push_back({each.near.get(), wanted(each.to_far, each.to_near), 0});
        polled.push_back({each.far.get(), wanted(each.to_near, each.to_far), 0});
      }
    }
    poll(polled.data(), polled.size(), -1);
    if (polled[0].revents != 0) {
      changed_.drain();
      continue;
    }
    if (polled[1].revents != 0) {
      take_in();
      continue;
    }
    const std::lock_guard lock(mutex_);
    std::size_t at = 2;
    for (auto each = passages_.begin(); each != passages_.end() && at + 1 < polled.size(); at += 2) {
      const bool is_it = polled[at].fd == each->near.get();
      const bool lives = is_it && pass(*each, polled[at].revents, polled[at + 1].revents);
      each = lives ? std::next(each) : passages_.erase(each);
    }
  }
}

}  // namespace waybill::amqp::tests
