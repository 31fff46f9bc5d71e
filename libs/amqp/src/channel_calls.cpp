#include "channel_calls.hpp"

#include "fault.hpp"
#include "topology_text.hpp"
#include "wire/bytes.hpp"
#include "wire/header_table.hpp"

namespace waybill::amqp {

amqp_method_t ChannelCalls::call(amqp_method_number_t method, void* decoded, amqp_method_number_t answer) {
  try {
    return link_.call(channel_, method, decoded, answer, base::Deadline::after(timeout_));
  } catch (const ChannelFault&) {
    is_open_ = false;
    throw;
  }
}

void ChannelCalls::open() {
  amqp_channel_open_t open{};
  call(AMQP_CHANNEL_OPEN_METHOD, &open, AMQP_CHANNEL_OPEN_OK_METHOD);
  is_open_ = true;
}

void ChannelCalls::close() {
  amqp_channel_close_t close{};
  close.reply_code = AMQP_REPLY_SUCCESS;
  is_open_ = false;
  call(AMQP_CHANNEL_CLOSE_METHOD, &close, AMQP_CHANNEL_CLOSE_OK_METHOD);
}

void ChannelCalls::select_confirms() {
  amqp_confirm_select_t select{};
  call(AMQP_CONFIRM_SELECT_METHOD, &select, AMQP_CONFIRM_SELECT_OK_METHOD);
}

void ChannelCalls::limit_prefetch(std::uint16_t prefetch) {
  amqp_basic_qos_t qos{};
  qos.prefetch_count = prefetch;
  call(AMQP_BASIC_QOS_METHOD, &qos, AMQP_BASIC_QOS_OK_METHOD);
}

void ChannelCalls::consume(const message::Queue& queue) {
  amqp_basic_consume_t consume{};
  consume.queue = to_bytes(queue.value());
  call(AMQP_BASIC_CONSUME_METHOD, &consume, AMQP_BASIC_CONSUME_OK_METHOD);
}

void ChannelCalls::declare(const ExchangeSpec& exchange, TopologyMode mode) {
  HeaderTable arguments;
  for (const auto& [name, value] : exchange.arguments) arguments.add(name, value);
  amqp_exchange_declare_t declare{};
  declare.exchange = to_bytes(exchange.name.value());
  declare.type = to_bytes(exchange.type);
  declare.passive = mode == TopologyMode::verify ? 1 : 0;
  declare.durable = exchange.durable ? 1 : 0;
  declare.arguments = arguments.table();
  call(AMQP_EXCHANGE_DECLARE_METHOD, &declare, AMQP_EXCHANGE_DECLARE_OK_METHOD);
}

void ChannelCalls::declare(const QueueSpec& queue, TopologyMode mode) {
  const auto headers = queue_arguments(queue);
  HeaderTable arguments;
  for (const auto& [name, value] : headers) arguments.add(name, value);
  amqp_queue_declare_t declare{};
  declare.queue = to_bytes(queue.name.value());
  declare.passive = mode == TopologyMode::verify ? 1 : 0;
  declare.durable = 1;
  declare.arguments = arguments.table();
  call(AMQP_QUEUE_DECLARE_METHOD, &declare, AMQP_QUEUE_DECLARE_OK_METHOD);
}

void ChannelCalls::bind(const Binding& binding) {
  amqp_queue_bind_t bind{};
  bind.queue = to_bytes(binding.queue.value());
  bind.exchange = to_bytes(binding.exchange.value());
  bind.routing_key = to_bytes(binding.routing_key.value());
  call(AMQP_QUEUE_BIND_METHOD, &bind, AMQP_QUEUE_BIND_OK_METHOD);
}

// A refusal closes the channel; the next question opens it again, so that all that is wrong is told at once.
template <class Call>
void ChannelCalls::gather(std::vector<std::string>& problems, const std::string& thing, Call call) {
  try {
    if (!is_open_) open();
    call();
  } catch (const ChannelFault& fault) {
    problems.push_back(topology_problem(thing, fault.code(), fault.text()));
  }
}

std::vector<std::string> ChannelCalls::set_up(const TopologySetup& setup) {
  std::vector<std::string> problems;
  for (const auto& exchange : setup.topology.exchanges) {
    gather(problems, "exchange '" + exchange.name.value() + "'", [&] { declare(exchange, setup.mode); });
  }
  for (const auto& queue : setup.topology.queues) {
    gather(problems, "queue '" + queue.name.value() + "'", [&] { declare(queue, setup.mode); });
  }
  for (const auto& binding : setup.topology.bindings) {
    if (setup.mode == TopologyMode::verify) break;
    gather(
        problems,
        "the binding of queue '" + binding.queue.value() + "' to exchange '" + binding.exchange.value() + "'",
        [&] { bind(binding); });
  }
  if (!problems.empty() && is_open_) close();
  return problems;
}

void ChannelCalls::require(const TopologySetup& setup) {
  const auto problems = set_up(setup);
  if (!problems.empty()) throw ChannelFault(Trouble::topology, 0, {}, joined(problems));
}

}  // namespace waybill::amqp
