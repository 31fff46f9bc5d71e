#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <mutex>
#include <thread>

#include "waybill/amqp/endpoint.hpp"
#include "waybill/servers/listening_port.hpp"

namespace waybill::amqp::tests {

/// A listening port of this host that gives each connection, one after the other, to a function; the
/// connection ends with the function, and both with the port.
class LocalPort {
 public:
  explicit LocalPort(std::function<void(int socket)> converse);
  ~LocalPort();
  Endpoint endpoint() const;

 private:
  void run();

  std::function<void(int)> converse_;
  servers::ListeningPort listener_;
  std::atomic<bool> stopped_{false};
  std::mutex mutex_;
  int current_ = -1;
  std::jthread thread_;
};

}  // namespace waybill::amqp::tests
