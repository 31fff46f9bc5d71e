#include "our_loops.hpp"

#include <atomic>
#include <chrono>
#include <stdexcept>

#include "waybill/amqp/confirming_publisher.hpp"
#include "waybill/amqp/queue_subscriber.hpp"

namespace waybill::amqp::bench {
namespace {

base::Deadline soon() { return base::Deadline::after(std::chrono::seconds{60}); }

double seconds_since(base::SteadyTime start) {
  return std::chrono::duration<double>(base::system_clock().steady() - start).count();
}

message::Publication publication(const Work& work) {
  message::Publication made;
  made.to.routing_key = message::RoutingKey{work.queue};
  made.message.body.assign(work.body_bytes, 'x');
  return made;
}

// Counts down to the last confirm.
class Countdown {
 public:
  explicit Countdown(std::size_t from) : left_(from) {}
  void one(const message::Outcome& outcome) {
    if (!is_confirmed(outcome)) failed_ = true;
    if (left_.fetch_sub(1) == 1) left_.notify_one();
  }
  void wait() {
    for (auto left = left_.load(); left != 0; left = left_.load()) left_.wait(left);
    if (failed_) throw std::runtime_error("a publish was not confirmed");
  }

 private:
  std::atomic<std::size_t> left_;
  std::atomic<bool> failed_{false};
};

}  // namespace

double publish_ours(const Work& work) {
  PublisherOptions options;
  options.connection.endpoints = {work.broker};
  options.window = work.window;
  ConfirmingPublisher publisher(std::move(options));
  if (!is_confirmed(publish_and_wait(publisher, publication(work), soon()))) {
    throw std::runtime_error("the first publish was not confirmed");
  }
  const auto start = base::system_clock().steady();
  if (work.window == 1) {
    for (std::size_t i = 0; i < work.messages; ++i) publish_and_wait(publisher, publication(work), soon());
    return seconds_since(start);
  }
  Countdown countdown(work.messages);
  for (std::size_t i = 0; i < work.messages; ++i) {
    publisher.publish(publication(work), soon(),
                      [&](const message::Outcome& outcome) { countdown.one(outcome); });
  }
  countdown.wait();
  return seconds_since(start);
}

double consume_ours(const Work& work) {
  SubscriberOptions options;
  options.connection.endpoints = {work.broker};
  options.queue = message::Queue{work.queue};
  options.prefetch = static_cast<std::uint16_t>(work.window);
  const auto start = base::system_clock().steady();
  QueueSubscriber subscriber(std::move(options));
  std::vector<message::DeliveryTag> tags;
  for (std::size_t done = 0; done < work.messages;) {
    const auto deliveries = subscriber.receive(64, soon());
    if (deliveries.empty()) throw std::runtime_error("no delivery came");
    tags.clear();
    for (const auto& delivery : deliveries) tags.push_back(delivery.tag);
    subscriber.settle(tags, message::Settlement::ack);
    done += deliveries.size();
  }
  return seconds_since(start);
}

}  // namespace waybill::amqp::bench
