#include "waybill/amqp/probe.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "broker.hpp"
#include "observed_states.hpp"
#include "soon.hpp"
#include "waybill/amqp/confirming_publisher.hpp"
#include "waybill/amqp/queue_subscriber.hpp"

namespace waybill::amqp::tests {
namespace {

using std::chrono::seconds;
using testing::HasSubstr;

message::Publication to(const std::string& queue) {
  message::Publication publication;
  publication.to.routing_key = message::RoutingKey{queue};
  publication.message.body = "x";
  return publication;
}

// What is not counted is not seen until a customer asks.
TEST(AmqpProbe, counts_each_outcome_and_times_the_confirms) {
  telemetry::Metrics metrics;
  TestQueue queue("probe");
  PublisherOptions options;
  options.connection = options_for(broker());
  options.probe = {metrics, "orders"};
  {
    ConfirmingPublisher publisher(options);
    for (int i = 0; i < 3; ++i) publish_and_wait(publisher, to(queue.name()), soon());
    publish_and_wait(publisher, to(unique_name("no such queue")), soon());
    EXPECT_THAT(metrics.render(), HasSubstr(R"(waybill_amqp_connected{connection="orders"} 1)"));
  }
  const auto text = metrics.render();
  EXPECT_THAT(text, HasSubstr(R"(waybill_amqp_publishes_total{connection="orders",outcome="confirmed"} 3)"));
  EXPECT_THAT(text, HasSubstr(R"(waybill_amqp_publishes_total{connection="orders",outcome="returned"} 1)"));
  EXPECT_THAT(text, HasSubstr(R"(waybill_amqp_publishes_total{connection="orders",outcome="unknown"} 0)"));
  EXPECT_THAT(text, HasSubstr(R"(waybill_amqp_confirm_duration_seconds_count{connection="orders"} 3)"));
  EXPECT_THAT(text, HasSubstr(R"(waybill_amqp_unconfirmed_messages{connection="orders"} 0)"));
  EXPECT_THAT(text, HasSubstr(R"(waybill_amqp_connected{connection="orders"} 0)"));
  EXPECT_THAT(text, HasSubstr(R"(waybill_amqp_disconnects_total{connection="orders",trouble="closed"} 1)"));
}

TEST(AmqpProbe, counts_deliveries_and_what_became_of_them) {
  telemetry::Metrics metrics;
  TestQueue queue("probe");
  PublisherOptions publisher_options;
  publisher_options.connection = options_for(broker());
  ConfirmingPublisher publisher(publisher_options);
  publish_and_wait(publisher, to(queue.name()), soon());

  SubscriberOptions options;
  options.connection = options_for(broker());
  options.queue = message::Queue{queue.name()};
  options.probe = {metrics, "stock"};
  QueueSubscriber subscriber(options);
  const auto settle_next = [&](message::Settlement settlement) {
    const auto batch = subscriber.receive(1, soon());
    ASSERT_EQ(batch.size(), 1U);
    subscriber.settle(std::vector{batch[0].tag}, settlement);
  };
  settle_next(message::Settlement::requeue);
  settle_next(message::Settlement::ack);
  const auto text = metrics.render();
  EXPECT_THAT(text, HasSubstr(R"(waybill_amqp_deliveries_total{connection="stock"} 2)"));
  EXPECT_THAT(text, HasSubstr(R"(waybill_amqp_redeliveries_total{connection="stock"} 1)"));
  EXPECT_THAT(text,
              HasSubstr(R"(waybill_amqp_settlements_total{connection="stock",settlement="requeue"} 1)"));
  EXPECT_THAT(text, HasSubstr(R"(waybill_amqp_settlements_total{connection="stock",settlement="ack"} 1)"));
}

TEST(AmqpProbe, says_what_keeps_a_connection_from_working) {
  telemetry::Metrics metrics;
  ObservedStates states;
  PublisherOptions options;
  auto endpoint = broker();
  endpoint.password = "wrong";
  options.connection = options_for(endpoint);
  options.observer = states.observer();
  options.probe = {metrics, "orders"};
  const ConfirmingPublisher publisher(options);
  EXPECT_TRUE(testkit::eventually([&] { return states.count<Disconnected>() > 0; }));
  EXPECT_THAT(metrics.render(),
              HasSubstr(R"(waybill_amqp_disconnects_total{connection="orders",trouble="login refused"} 1)"));
}

}  // namespace
}  // namespace waybill::amqp::tests
