#include <gtest/gtest.h>

#include "broker.hpp"
#include "waybill/amqp/confirming_publisher.hpp"
#include "waybill/amqp/queue_subscriber.hpp"
#include "waybill/servers/fault_proxy.hpp"
#include "waybill/testkit/transport_contract.hpp"

namespace waybill::amqp::tests {
namespace {

class RabbitMq final : public testkit::Transport {
 public:
  std::unique_ptr<message::Publisher> publisher(std::size_t window) override {
    PublisherOptions options;
    options.connection = options_for(by_way_of(proxy_));
    options.window = window;
    return std::make_unique<ConfirmingPublisher>(std::move(options));
  }

  std::unique_ptr<message::Subscriber> subscriber(std::size_t prefetch) override {
    SubscriberOptions options;
    options.connection = options_for(by_way_of(proxy_));
    options.queue = message::Queue{queue_.name()};
    options.prefetch = prefetch == 0 ? std::uint16_t{0xFFFF} : static_cast<std::uint16_t>(prefetch);
    return std::make_unique<QueueSubscriber>(std::move(options));
  }

  message::Address address() override { return {message::Exchange{}, message::RoutingKey{queue_.name()}}; }
  message::Address unroutable_address() override {
    return {message::Exchange{"amq.direct"}, message::RoutingKey{"leads.nowhere"}};
  }
  message::Address address_of_missing_exchange() override {
    return {message::Exchange{"no.such.exchange"}, message::RoutingKey{"any"}};
  }
  void cut_connections() override { proxy_.inject(servers::fault::CutNow{}); }

 private:
  TestQueue queue_{"contract"};
  servers::FaultProxy proxy_{place_of(broker())};
};

}  // namespace

std::unique_ptr<testkit::Transport> make_rabbitmq() { return std::make_unique<RabbitMq>(); }

}  // namespace waybill::amqp::tests

namespace waybill::testkit {
INSTANTIATE_TEST_SUITE_P(RabbitMq, TransportContract,
                         testing::Values(TransportCase{"rabbitmq", amqp::tests::make_rabbitmq}));
}  // namespace waybill::testkit
