#include <gtest/gtest.h>

#include "own_broker.hpp"

// A broker that ends, freezes, or closes a channel, under load.

namespace waybill::amqp::tests {
namespace {

using message::Unknown;
using std::chrono::milliseconds;
using std::chrono::seconds;

class Outage : public OwnBroker {
 protected:
  // RabbitMQ's own are half an hour and a minute.
  static void let_messages_be_held(milliseconds time, milliseconds looked_at_every) {
    broker().evaluate("application:set_env(rabbit, consumer_timeout, " + std::to_string(time.count()) +
                      "), application:set_env(rabbit, channel_tick_interval, " +
                      std::to_string(looked_at_every.count()) + ").");
  }
};

TEST_F(Outage, by_kill_9_under_load_loses_nothing_that_was_confirmed) {
  TrafficPair pair(connection(), "q");
  ASSERT_TRUE(pair.traffic.flows(200));
  broker().kill9();
  EXPECT_TRUE(pair.publisher_states.said(Trouble::unreachable, "nothing listens there; start the broker"));
  const auto during =
      publish_and_wait(pair.publisher, publication("q"), base::Deadline::after(milliseconds{300}));
  ASSERT_TRUE(std::holds_alternative<Unknown>(during)) << during;
  EXPECT_FALSE(std::get<Unknown>(during).sent);
  broker().start();
  EXPECT_TRUE(pair.traffic.flows(200));
  EXPECT_TRUE(pair.traffic.adds_up());
  EXPECT_GE(pair.traffic.counts().sessions, 2U);
}

TEST_F(Outage, in_good_order_under_load_is_told_in_the_brokers_words_and_heals) {
  TrafficPair pair(connection(), "q");
  ASSERT_TRUE(pair.traffic.flows(200));
  broker().stop();
  EXPECT_TRUE(pair.publisher_states.said(Trouble::lost, "320 CONNECTION_FORCED"));
  EXPECT_TRUE(pair.subscriber_states.said(Trouble::unreachable, "nothing listens there; start the broker"));
  broker().start();
  EXPECT_TRUE(pair.traffic.flows(200));
  EXPECT_TRUE(pair.traffic.adds_up());
}

// A frozen broker's kernel goes on taking bytes and connections.
TEST_F(Outage, by_freezing_for_longer_than_the_heartbeat_is_noticed_and_heals) {
  auto impatient = connection();
  impatient.answer_timeout = milliseconds{500};
  TrafficPair pair(impatient, "q");
  ASSERT_TRUE(pair.traffic.flows(200));
  const auto took = time_of([&] {
    broker().pause();
    EXPECT_TRUE(pair.publisher_states.said(Trouble::lost, "silent for two heartbeats of 1 s"));
    EXPECT_TRUE(pair.subscriber_states.said(Trouble::lost, "silent for two heartbeats of 1 s"));
  });
  EXPECT_LT(took, still_prompt);
  EXPECT_TRUE(pair.publisher_states.said(Trouble::unreachable, "did not send AMQP_CONNECTION_START_METHOD"));
  {
    ObservedStates states;
    QueueSubscriber subscriber({.connection = with_long_waits(connection()),
                                .queue = message::Queue{"q"},
                                .observer = states.observer()});
    EXPECT_LT(time_of([&] { subscriber.close(); }), still_prompt);
  }
  broker().resume();
  EXPECT_TRUE(pair.traffic.flows(200));
  EXPECT_TRUE(pair.traffic.adds_up());
}

// RabbitMQ closes the channel of a consumer that keeps a message for too long, and delivers it again.
TEST_F(Outage, of_a_channel_that_held_a_message_for_too_long_brings_the_message_again) {
  let_messages_be_held(seconds{1}, milliseconds{500});
  ObservedStates states;
  QueueSubscriber subscriber(
      {.connection = connection(), .queue = message::Queue{"q"}, .observer = states.observer()});
  ASSERT_TRUE(states.connected());
  message::WireMessage message;
  message.body = "held";
  ASSERT_TRUE(host_.publish({message::Exchange{}, message::RoutingKey{"q"}}, message));
  const auto first = subscriber.receive(1, soon());
  ASSERT_EQ(first.size(), 1U);
  EXPECT_TRUE(states.said(Trouble::channel, "406 PRECONDITION_FAILED - delivery acknowledgement"));
  EXPECT_EQ(subscriber.settle(std::vector{first[0].tag}, message::Settlement::ack), 0U);
  let_messages_be_held(std::chrono::minutes{30}, std::chrono::minutes{1});
  // The channel that was opened before that may have to go once more.
  EXPECT_TRUE(testkit::eventually([&] {
    const auto again = subscriber.receive(1, soon());
    if (again.size() != 1) return false;
    EXPECT_EQ(again[0].message.body, "held");
    EXPECT_TRUE(again[0].redelivered);
    return subscriber.settle(std::vector{again[0].tag}, message::Settlement::ack) == 1;
  }));
}

}  // namespace
}  // namespace waybill::amqp::tests
