#include "local_port.hpp"

#include <netinet/in.h>
#include <sys/socket.h>

#include <stdexcept>
#include <utility>

namespace waybill::amqp::tests {

LocalPort::LocalPort(std::function<void(int)> converse)
    : converse_(std::move(converse)), listener_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof(address);
  auto* generic = static_cast<sockaddr*>(static_cast<void*>(&address));
  if (bind(listener_.get(), generic, size) != 0 || listen(listener_.get(), 16) != 0 ||
      getsockname(listener_.get(), generic, &size) != 0) {
    throw std::runtime_error("no port of this host can be listened on");
  }
  port_ = ntohs(address.sin_port);
  thread_ = std::jthread([this] { run(); });
}

LocalPort::~LocalPort() {
  stopped_ = true;
  const std::lock_guard lock(mutex_);
  shutdown(listener_.get(), SHUT_RDWR);
  if (current_ >= 0) shutdown(current_, SHUT_RDWR);
}

Endpoint LocalPort::endpoint() const {
  Endpoint endpoint;
  endpoint.host = "127.0.0.1";
  endpoint.port = port_;
  return endpoint;
}

void LocalPort::run() {
  while (!stopped_) {
    const runtime::FileDescriptor connection{accept(listener_.get(), nullptr, nullptr)};
    if (!connection) continue;
    {
      const std::lock_guard lock(mutex_);
      if (stopped_) return;
      current_ = connection.get();
    }
    converse_(connection.get());
    const std::lock_guard lock(mutex_);
    current_ = -1;
  }
}

}  // namespace waybill::amqp::tests
