#pragma once

#include <cstddef>
#include <memory>
#include <vector>

#include "waybill/message/publisher.hpp"
#include "waybill/message/subscriber.hpp"

namespace waybill::testkit {

/// A broker in memory, for tests of what stands on Publisher and Subscriber: direct bindings, mandatory
/// publishes, prefetch, redelivery. It passes the same contract suite as RabbitMQ.
///
/// Does not promise: any exchange type but direct and fanout, persistence, limits.
/// Concurrency: any thread. It outlives the publishers and subscribers it made.
class FakeBroker {
 public:
  FakeBroker();
  ~FakeBroker();

  void declare_exchange(const message::Exchange& exchange, bool fanout = false);
  void declare_queue(const message::Queue& queue);
  void bind(const message::Queue& queue, const message::Address& to);

  std::unique_ptr<message::Publisher> publisher(std::size_t window = 1000);
  std::unique_ptr<message::Subscriber> subscriber(const message::Queue& queue, std::size_t prefetch = 256);

  /// From now on publishes are routed but not answered, until answers are allowed again; the window fills up.
  void hold_answers(bool hold);
  /// The next `count` publishes are refused with a nack.
  void nack_next(std::size_t count);
  /// Every connection breaks: unanswered publishes end Unknown, unsettled deliveries go back, tags become
  /// stale.
  void cut_connections();

  std::size_t depth(const message::Queue& queue) const;
  std::vector<message::WireMessage> rejected() const;

 private:
  struct State;
  class FakePublisher;
  class FakeSubscriber;
  std::shared_ptr<State> state_;
};

}  // namespace waybill::testkit
