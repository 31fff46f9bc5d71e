#pragma once

#include <atomic>
#include <cstdint>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "waybill/amqp/endpoint.hpp"
#include "waybill/runtime/event_fd.hpp"
#include "waybill/runtime/file_descriptor.hpp"

namespace waybill::amqp::tests {

/// A way to the broker that can be cut or frozen: a loopback port, each of whose connections is passed on.
class Gate {
 public:
  explicit Gate(const Endpoint& behind);
  ~Gate();

  /// The broker, by way of the gate.
  Endpoint endpoint() const;
  /// Ends every connection that there is; new ones are passed on.
  void cut();
  /// From now on nothing is read or passed on, in either direction, while the connections stay.
  void freeze(bool frozen);
  /// From now on, connections are taken and ended at once.
  void refuse(bool refused);
  std::size_t connections();

 private:
  struct Passage {
    runtime::FileDescriptor near;
    runtime::FileDescriptor far;
    std::string to_far;
    std::string to_near;
  };

  void run();
  void take_in();
  static bool pass(Passage& passage, short near_events, short far_events);

  Endpoint behind_;
  runtime::FileDescriptor listener_;
  std::uint16_t port_ = 0;
  runtime::EventFd changed_;
  std::mutex mutex_;
  std::list<Passage> passages_;
  std::atomic<bool> frozen_{false};
  std::atomic<bool> refused_{false};
  std::atomic<bool> stopped_{false};
  std::jthread thread_;
};

}  // namespace waybill::amqp::tests
