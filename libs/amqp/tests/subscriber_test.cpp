#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "broker.hpp"
#include "observed_states.hpp"
#include "prompt.hpp"
#include "scripted_broker.hpp"
#include "soon.hpp"
#include "waybill/amqp/queue_subscriber.hpp"
#include "waybill/servers/fault_proxy.hpp"

namespace waybill::amqp::tests {
namespace {

namespace fault = servers::fault;

using message::Settlement;
using servers::FaultProxy;
using testing::HasSubstr;

std::vector<message::DeliveryTag> tags_of(const std::vector<message::Delivery>& deliveries) {
  std::vector<message::DeliveryTag> tags;
  for (const auto& delivery : deliveries) tags.push_back(delivery.tag);
  return tags;
}

class AmqpSubscriber : public testing::Test {
 protected:
  SubscriberOptions options(const Endpoint& endpoint, const std::string& queue) {
    SubscriberOptions options;
    options.connection = options_for(endpoint);
    options.queue = message::Queue{queue};
    options.observer = states_.observer();
    return options;
  }
  SubscriberOptions patient_options(const Endpoint& endpoint) {
    auto patient = options(endpoint, queue_.name());
    patient.connection = with_long_waits(std::move(patient.connection));
    return patient;
  }

  TestQueue queue_{"subscriber"};
  BareClient client_{broker()};
  ObservedStates states_;
};

TEST_F(AmqpSubscriber, comes_back_when_its_queue_is_deleted_and_made_again) {
  const auto name = unique_name("deleted");
  client_.declare_quorum_queue(name);
  QueueSubscriber subscriber(options(broker(), name));
  ASSERT_TRUE(states_.connected());
  client_.delete_queue(name);
  EXPECT_THAT(states_.await_reason(Trouble::channel),
              HasSubstr("cancelled the consumer of queue '" + name + "'"));
  const auto missing = states_.await_reason(Trouble::topology);
  EXPECT_THAT(missing,
              HasSubstr("queue '" + name + "' at " + broker().address() + " cannot be consumed from: 404"));
  EXPECT_THAT(missing, HasSubstr("declare it, or correct its name"));
  client_.declare_quorum_queue(name);
  client_.publish(name, "again");
  const auto received = subscriber.receive(64, soon());
  ASSERT_EQ(received.size(), 1U);
  EXPECT_EQ(received[0].message.body, "again");
  client_.delete_queue(name);
}

TEST_F(AmqpSubscriber, gives_a_nested_header_as_json) {
  client_.publish_nested_header(queue_.name());
  QueueSubscriber subscriber(options(broker(), queue_.name()));
  const auto received = subscriber.receive(1, soon());
  ASSERT_EQ(received.size(), 1U);
  const auto* nested = message::find_header(received[0].message.headers, "nested");
  ASSERT_NE(nested, nullptr);
  EXPECT_EQ(message::to_text(*nested), R"({"reason":"expired","count":2})");
}

// An ack that is given and then lost in a shutdown is a message handled twice.
TEST_F(AmqpSubscriber, tells_the_broker_every_settlement_before_it_closes) {
  for (int i = 0; i < 100; ++i) client_.publish(queue_.name(), std::to_string(i));
  {
    QueueSubscriber subscriber(options(broker(), queue_.name()));
    std::size_t received = 0;
    while (received < 100) {
      const auto deliveries = subscriber.receive(7, soon());
      ASSERT_FALSE(deliveries.empty());
      received += subscriber.settle(tags_of(deliveries), Settlement::ack);
    }
  }
  EXPECT_EQ(client_.drain(queue_.name()).size(), 0U);
}

TEST_F(AmqpSubscriber, settles_nothing_of_another_subscriber) {
  client_.publish(queue_.name(), "x");
  const TestQueue other_queue("other");
  client_.publish(other_queue.name(), "y");
  QueueSubscriber one(options(broker(), queue_.name()));
  QueueSubscriber other(options(broker(), other_queue.name()));
  const auto received = one.receive(1, soon());
  ASSERT_EQ(received.size(), 1U);
  ASSERT_EQ(other.receive(1, soon()).size(), 1U);
  EXPECT_EQ(other.settle(tags_of(received), Settlement::ack), 0U);
  EXPECT_EQ(one.settle(tags_of(received), Settlement::ack), 1U);
}

TEST_F(AmqpSubscriber, receives_each_message_once_or_says_redelivered_however_often_it_is_cut) {
  constexpr std::size_t count = 2'000;
  for (std::size_t i = 0; i < count; ++i) client_.publish(queue_.name(), std::to_string(i));
  FaultProxy proxy(place_of(broker()));
  QueueSubscriber subscriber(options(by_way_of(proxy), queue_.name()));
  std::map<std::string, int> settled;
  std::size_t received = 0;
  while (settled.size() < count) {
    const auto deliveries = subscriber.receive(64, soon());
    ASSERT_FALSE(deliveries.empty());
    for (const auto& delivery : deliveries) {
      const bool is_again = settled[delivery.message.body]++ > 0;
      EXPECT_TRUE(!is_again || delivery.redelivered) << delivery.message.body;
    }
    subscriber.settle(tags_of(deliveries), Settlement::ack);
    if (received / 400 != (received + deliveries.size()) / 400) proxy.inject(fault::CutNow{});
    received += deliveries.size();
  }
  subscriber.close();
  EXPECT_GT(states_.count<Connected>(), 2U);
}

TEST_F(AmqpSubscriber, closes_promptly_while_the_broker_is_frozen_or_never_answers) {
  FaultProxy proxy(place_of(broker()));
  QueueSubscriber frozen(patient_options(by_way_of(proxy)));
  ASSERT_TRUE(states_.connected());
  proxy.inject(fault::StopReading{});
  EXPECT_LT(time_of([&] { frozen.close(); }), still_prompt);

  ScriptedBroker silent([](ScriptedPeer& peer) { peer.await_end(); });
  QueueSubscriber connecting(patient_options(silent.endpoint()));
  EXPECT_LT(time_of([&] { connecting.close(); }), still_prompt);
}

TEST_F(AmqpSubscriber, may_be_closed_by_several_threads_at_once) {
  QueueSubscriber subscriber(options(broker(), queue_.name()));
  std::vector<std::jthread> closers;
  for (int i = 0; i < 4; ++i) closers.emplace_back([&] { subscriber.close(); });
}

TEST_F(AmqpSubscriber, refuses_options_that_cannot_be_right) {
  auto nameless = options(broker(), "");
  EXPECT_THROW(QueueSubscriber{nameless}, std::invalid_argument);
  auto unlimited = options(broker(), queue_.name());
  unlimited.prefetch = 0;
  EXPECT_THROW(QueueSubscriber{unlimited}, std::invalid_argument);
}

}  // namespace
}  // namespace waybill::amqp::tests
