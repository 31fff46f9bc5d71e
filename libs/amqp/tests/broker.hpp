#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "addresses.hpp"
#include "waybill/amqp/endpoint.hpp"
#include "waybill/message/wire_message.hpp"

namespace waybill::amqp::tests {

/// A second opinion on the broker: a bare rabbitmq-c connection, with none of the code under test. Every call
/// throws when the broker refuses it. One thread.
class BareClient {
 public:
  explicit BareClient(const Endpoint& endpoint);
  ~BareClient();

  void declare_quorum_queue(const std::string& queue, const message::Headers& arguments = {});
  void declare_exchange(const std::string& exchange, const std::string& type);
  void bind(const std::string& queue, const std::string& exchange, const std::string& routing_key);
  void delete_queue(const std::string& queue);
  void delete_exchange(const std::string& exchange);
  void publish(const std::string& queue, const std::string& body);
  /// A message whose one header "nested" is a table with an array in it.
  void publish_nested_header(const std::string& queue);
  std::size_t message_count(const std::string& queue);
  /// Takes every message that is there.
  std::vector<std::string> drain(const std::string& queue);
  bool exists(const std::string& queue);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// A quorum queue of its own for one test, deleted after it.
class TestQueue {
 public:
  explicit TestQueue(const std::string& prefix = "test");
  ~TestQueue();
  const std::string& name() const { return name_; }

 private:
  std::string name_;
};

}  // namespace waybill::amqp::tests
