#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "waybill/message/names.hpp"
#include "waybill/message/publisher.hpp"
#include "waybill/simulate/broker_faults.hpp"
#include "waybill/simulate/fake_consumer.hpp"
#include "waybill/simulate/fake_publisher.hpp"
#include "waybill/simulate/history.hpp"

namespace waybill::simulate {

enum class ExchangeKind : std::uint8_t { direct, fanout, topic };

struct QueueOptions {
  /// One consumer at a time gets messages; when it is gone, another.
  bool single_active = false;
  /// Where what is rejected goes; without it, it is gone.
  std::optional<message::Address> dead_letters{};
};

/// A broker in virtual time, as RabbitMQ behaves towards those who publish with `mandatory` and confirms and
/// consume with a prefetch and acknowledgements, with the faults that the dice deal out.
///
/// Promises: a message that is confirmed stands in every queue that it was routed to, until it is
/// acknowledged or rejected. Every publish of a living publisher has one outcome. Messages of one publisher
/// and key arrive in their order; those of one queue are delivered in that order, and what comes back stands
/// in its old place, unless `reorders` moves it behind messages of other keys. Whatever was with a consumer,
/// handled or only fetched ahead, comes back as redelivered. Does not promise: limits, expiry, that it
/// forgets anything when it is restarted. Concurrency: one thread. It outlives its publishers and consumers,
/// and the history outlives it.
class FakeBroker {
 public:
  /// What has to stay in order; by default the CloudEvents subject. Messages of the empty key have no order.
  using KeyOf = std::function<std::string(const message::WireMessage&)>;

  explicit FakeBroker(History& history, BrokerTimes times = {}, KeyOf key_of = {});
  ~FakeBroker();
  FakeBroker(const FakeBroker&) = delete;
  FakeBroker& operator=(const FakeBroker&) = delete;

  /// The default exchange, which takes a message to the queue of its routing key, is there from the start.
  void declare_exchange(const message::Exchange& exchange, ExchangeKind kind);
  void delete_exchange(const message::Exchange& exchange);
  void declare_queue(const message::Queue& queue, QueueOptions options = {});
  /// A routing key, which is a pattern for topics and nothing for fanouts. Exchange and queue exist.
  void bind(const message::Queue& queue, const message::Address& to);
  void unbind(const message::Queue& queue, const message::Address& to);

  std::unique_ptr<FakePublisher> publisher(std::string name);
  std::unique_ptr<FakeConsumer> consumer(std::string name, const message::Queue& queue, std::size_t prefetch);

  /// Faults are switched on, changed and off by writing here.
  BrokerFaults faults;

  /// Ready and with consumers.
  std::size_t depth(const message::Queue& queue) const;
  /// What stands ready in a queue, first to last.
  std::vector<message::WireMessage> ready(const message::Queue& queue) const;

  struct State;

 private:
  std::shared_ptr<State> state_;
};

/// Whether a topic's pattern takes a routing key: words between dots, `*` for one, `#` for any number.
bool matches_topic(std::string_view pattern, std::string_view routing_key);

}  // namespace waybill::simulate
