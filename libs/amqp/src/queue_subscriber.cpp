#include "waybill/amqp/queue_subscriber.hpp"

#include <stdexcept>

#include "arrivals.hpp"
#include "connection.hpp"
#include "subscriber_role.hpp"
#include "topology_text.hpp"

namespace waybill::amqp {
namespace {

SubscriberOptions checked(SubscriberOptions options) {
  check(options.connection);
  if (options.queue.value().empty() || options.queue.value().size() > 255) {
    throw std::invalid_argument("amqp: a subscriber's queue has a name of 1 to 255 bytes");
  }
  if (options.prefetch == 0) throw std::invalid_argument("amqp: a subscriber's prefetch is at least 1");
  if (options.topology) check(options.topology->topology);
  return options;
}

}  // namespace

struct QueueSubscriber::Parts {
  explicit Parts(SubscriberOptions given)
      : options(checked(std::move(given))),
        arrivals([this] { waiter.wake(); }),
        role(options, arrivals),
        connection(options.connection, waiter, role, options.observer, options.probe) {}

  SubscriberOptions options;
  Waiter waiter;
  Arrivals arrivals;
  SubscriberRole role;
  Connection connection;  // last: its thread uses the others
};

QueueSubscriber::QueueSubscriber(SubscriberOptions options)
    : parts_(std::make_unique<Parts>(std::move(options))) {}

QueueSubscriber::~QueueSubscriber() { close(); }

std::vector<message::Delivery> QueueSubscriber::receive(std::size_t most, base::Deadline deadline) {
  auto raw = parts_->arrivals.receive(most, deadline);
  std::vector<message::Delivery> deliveries;
  deliveries.reserve(raw.size());
  Pool pool;
  for (auto& each : raw) deliveries.push_back(decoded(std::move(each), pool));
  return deliveries;
}

std::size_t QueueSubscriber::settle(std::span<const message::DeliveryTag> tags,
                                    message::Settlement settlement) {
  const auto settled = parts_->arrivals.settle(tags, settlement);
  parts_->options.probe.settled(settlement, settled);
  return settled;
}

void QueueSubscriber::stop_receiving() { parts_->arrivals.stop_receiving(); }

void QueueSubscriber::close() {
  parts_->arrivals.close();
  parts_->connection.stop();
}

}  // namespace waybill::amqp
