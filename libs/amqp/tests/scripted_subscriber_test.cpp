#include <gtest/gtest.h>

#include "addresses.hpp"
#include "observed_states.hpp"
#include "scripted_broker.hpp"
#include "waybill/amqp/queue_subscriber.hpp"
#include "wire/bytes.hpp"

// What no real broker can be made to do to a consumer at a given moment. No server is needed.

namespace waybill::amqp::tests {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

class ScriptedSubscriber : public testing::Test {
 protected:
  SubscriberOptions options(const ScriptedBroker& broker) {
    SubscriberOptions options;
    options.connection = options_for(broker.endpoint());
    options.queue = message::Queue{"queue"};
    options.observer = states_.observer();
    return options;
  }

  ObservedStates states_;
};

// An ack would name two messages.
TEST_F(ScriptedSubscriber, delivery_with_a_number_given_before_ends_the_connection) {
  std::atomic<int> connections{0};
  const ScriptedBroker broker([&](ScriptedPeer& peer) {
    peer.accept_subscriber();
    if (++connections == 1) {
      peer.deliver(7);
      peer.deliver(7);
    } else {
      peer.deliver(1);
    }
    peer.await_end();
  });
  QueueSubscriber subscriber(options(broker));
  EXPECT_TRUE(states_.said(Trouble::lost, "the broker gave a delivery the number 7 out of order"));
  EXPECT_TRUE(states_.connected(2));
  EXPECT_TRUE(testkit::eventually([&] {
    const auto received = subscriber.receive(1, base::Deadline::after(seconds{1}));
    return !received.empty() && received[0].tag.number == 1;
  }));
}

// A close that is not answered leaves the channel half closed, and its number of no use.
TEST_F(ScriptedSubscriber, channel_that_is_closed_after_its_consumer_was_cancelled_is_opened_anew) {
  std::atomic<int> connections{0};
  const ScriptedBroker broker([&](ScriptedPeer& peer) {
    ++connections;
    peer.accept_subscriber();
    amqp_basic_cancel_t cancel{to_bytes("consumer"), 1};
    peer.send(1, AMQP_BASIC_CANCEL_METHOD, &cancel);
    amqp_channel_close_t close{};
    close.reply_code = 406;
    peer.send(1, AMQP_CHANNEL_CLOSE_METHOD, &close);
    if (!peer.await(AMQP_CHANNEL_CLOSE_OK_METHOD)) return;
    peer.accept_consumer();
    peer.deliver(1);
    peer.await_end();
  });
  auto patient = options(broker);
  patient.connection.answer_timeout = seconds{10};
  QueueSubscriber subscriber(patient);
  EXPECT_EQ(subscriber.receive(1, base::Deadline::after(seconds{8})).size(), 1U);
  EXPECT_TRUE(states_.said(Trouble::channel, "cancelled the consumer of queue 'queue'"));
  EXPECT_EQ(connections, 1);
}

}  // namespace
}  // namespace waybill::amqp::tests
