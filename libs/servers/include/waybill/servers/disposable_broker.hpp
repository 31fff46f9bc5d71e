#pragma once

#include <memory>
#include <string>

#include "waybill/servers/broker_address.hpp"

namespace waybill::servers {

/// A RabbitMQ broker, or a cluster of nodes counted from 1, for a test that breaks it. It takes seconds to
/// start, so tests share one where they can; CTest keeps those that use one apart by RESOURCE_LOCK
/// disposable_servers.
///
/// Promises: it is this test's alone, on free ports that stay the same through kill9() and start(), unless
/// another program takes one meanwhile. start() returns when clients can log in. Nothing of it is left after
/// the destructor, nor when the test's process dies. Does not promise: anything about a node while its
/// virtual machine is paused. Whatever fails is a std::runtime_error with what scripts/stack said.
/// Concurrency: any thread; calls that change something run one after the other.
class DisposableBroker {
 public:
  /// `configuration` is added to each node's rabbitmq.conf.
  explicit DisposableBroker(int nodes = 1, const std::string& configuration = "");
  ~DisposableBroker();
  DisposableBroker(const DisposableBroker&) = delete;
  DisposableBroker& operator=(const DisposableBroker&) = delete;

  BrokerAddress address(int node = 1) const;
  std::string url(int node = 1) const { return address(node).url; }

  /// As a power cut. Waits first until queues that were declared in the last second and a half would survive
  /// it: RabbitMQ 3.10 loses a younger quorum queue with all it has confirmed.
  void kill9(int node = 1);
  /// In RabbitMQ's own orderly way.
  void stop(int node = 1);
  void start(int node = 1);
  /// Freezes the node (SIGSTOP): its connections stay open, and it takes what is sent but never answers.
  void pause(int node = 1);
  void resume(int node = 1);
  /// What an Erlang expression, with its full stop, comes to within a node, as `rabbitmqctl eval` has it: for
  /// what no configuration can be changed to while the node runs, such as
  /// "vm_memory_monitor:set_vm_memory_high_watermark(1.0e-6).", which raises the memory alarm.
  std::string evaluate(const std::string& expression, int node = 1);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace waybill::servers
