#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "net/link.hpp"
#include "waybill/amqp/topology.hpp"

namespace waybill::amqp {

/// What is asked of the broker on one channel while it is set up, an answer at a time. Each throws
/// ChannelFault when the broker refuses it, after which the channel is closed, and what Link throws.
class ChannelCalls {
 public:
  ChannelCalls(Link& link, amqp_channel_t channel, std::chrono::milliseconds timeout)
      : link_(link), channel_(channel), timeout_(timeout) {}

  void open();
  void close();
  void select_confirms();
  void limit_prefetch(std::uint16_t prefetch);
  void consume(const message::Queue& queue);

  /// What is wrong with the topology, a sentence each; with nothing wrong the channel stays open, else it is
  /// closed.
  std::vector<std::string> set_up(const TopologySetup& setup);
  /// The same, thrown as a ChannelFault.
  void require(const TopologySetup& setup);

 private:
  void declare(const ExchangeSpec& exchange, TopologyMode mode);
  void declare(const QueueSpec& queue, TopologyMode mode);
  void bind(const Binding& binding);
  template <class Call>
  void gather(std::vector<std::string>& problems, const std::string& thing, Call call);
  amqp_method_t call(amqp_method_number_t method, void* decoded, amqp_method_number_t answer);

  Link& link_;
  amqp_channel_t channel_;
  std::chrono::milliseconds timeout_;
  bool is_open_ = false;
};

}  // namespace waybill::amqp
