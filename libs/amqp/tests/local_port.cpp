#include "local_port.hpp"

#include <sys/socket.h>

#include <utility>

namespace waybill::amqp::tests {

LocalPort::LocalPort(std::function<void(int)> converse) : converse_(std::move(converse)), listener_(16) {
  thread_ = std::jthread([this] { run(); });
}

LocalPort::~LocalPort() {
  stopped_ = true;
  const std::lock_guard lock(mutex_);
  shutdown(listener_.socket(), SHUT_RDWR);
  if (current_ >= 0) shutdown(current_, SHUT_RDWR);
}

Endpoint LocalPort::endpoint() const {
  Endpoint endpoint;
  endpoint.host = "127.0.0.1";
  endpoint.port = listener_.number();
  return endpoint;
}

void LocalPort::run() {
  while (!stopped_) {
    const runtime::FileDescriptor connection{accept(listener_.socket(), nullptr, nullptr)};
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
