#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "waybill/message/subscriber.hpp"

namespace waybill::simulate {

/// A connection that consumes one queue. The broker sends it messages ahead, up to its prefetch; destroyed,
/// as by the death of its process, it leaves them all to the others.
class FakeConsumer {
 public:
  struct Connection;

  explicit FakeConsumer(std::shared_ptr<Connection> connection);
  ~FakeConsumer();
  FakeConsumer(const FakeConsumer&) = delete;
  FakeConsumer& operator=(const FakeConsumer&) = delete;

  /// What has arrived, up to `most`; it does not wait.
  std::vector<message::Delivery> receive(std::size_t most);
  /// What is called, as a happening of its own, when something has arrived where receive() found nothing.
  void when_ready(std::function<void()> is_ready);
  /// Says how many tags were of this connection. Tags of an earlier one settle nothing; and if the connection
  /// is cut meanwhile, these settle nothing either, and their messages come again.
  std::size_t settle(std::span<const message::DeliveryTag> tags, message::Settlement settlement);
  /// The connection is lost, with all that was not settled; it is made anew after a while.
  void cut();
  bool is_connected() const;

 private:
  std::shared_ptr<Connection> connection_;
};

}  // namespace waybill::simulate
