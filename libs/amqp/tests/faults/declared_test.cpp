#include <gtest/gtest.h>

#include <set>

#include "addresses.hpp"
#include "observed_outcomes.hpp"
#include "traffic_pair.hpp"
#include "waybill/servers/test_virtual_host.hpp"

// Queues and exchanges that go away under those who use them. The connection has no part in it, and stays.

namespace waybill::amqp::tests {
namespace {

using message::Confirmed;
using message::Returned;
using message::Unknown;

class Declared : public testing::Test {
 protected:
  message::Publication to_exchange(std::string body) const {
    auto made = publication("", std::move(body));
    made.to.exchange = message::Exchange{"news"};
    return made;
  }

  const servers::TestVirtualHost host_;
  const Endpoint at_ = parse_url(host_.url()).value();
  servers::FaultProxy proxy_{place_of(at_)};
};

TEST_F(Declared, queue_that_is_deleted_under_its_consumer_is_declared_and_consumed_again) {
  SubscriberOptions options;
  options.connection = options_for(by_way_of(proxy_, at_));
  options.queue = message::Queue{"q"};
  options.topology.emplace().topology.queues.push_back({.name = message::Queue{"q"}});
  ObservedStates states;
  options.observer = states.observer();
  QueueSubscriber subscriber(options);
  for (std::size_t times = 1; times <= 3; ++times) {
    ASSERT_TRUE(states.connected(times));
    message::WireMessage message;
    message.body = std::to_string(times);
    ASSERT_TRUE(testkit::eventually([&] {
      return host_.publish({message::Exchange{}, message::RoutingKey{"q"}}, message);
    }));
    const auto received = subscriber.receive(1, soon());
    ASSERT_EQ(received.size(), 1U);
    EXPECT_EQ(received[0].message.body, std::to_string(times));
    EXPECT_EQ(subscriber.settle(std::vector{received[0].tag}, message::Settlement::ack), 1U);
    host_.delete_queue("q");
  }
  EXPECT_TRUE(states.said(Trouble::channel, "cancelled the consumer of queue 'q'"));
  EXPECT_TRUE(states.connected(4));
  EXPECT_EQ(proxy_.counters().accepted, 1U) << "a channel was made anew, not a connection";
}

TEST_F(Declared, exchange_that_is_deleted_under_its_publisher_is_told_and_works_again_once_declared) {
  host_.declare_queue("q");
  host_.declare_exchange("news", "fanout");
  host_.bind({"news", "q", ""});
  ObservedStates states;
  ObservedOutcomes outcomes;
  ConfirmingPublisher publisher(
      {.connection = options_for(by_way_of(proxy_, at_)), .observer = states.observer()});
  ASSERT_TRUE(is_confirmed(publish_and_wait(publisher, to_exchange("news first"), soon())));
  constexpr int count = 400;
  for (int i = 0; i < count; ++i) {
    if (i == count / 2) host_.delete_exchange("news");
    const auto number = std::to_string(i);
    publisher.publish(to_exchange("news " + number), soon(), outcomes.expect("news " + number));
    publisher.publish(publication("q", "direct " + number), soon(), outcomes.expect("direct " + number));
  }
  ASSERT_TRUE(outcomes.each_ended_once());
  for (int i = count / 2; i < count; ++i) {
    const auto outcome = outcomes.of("news " + std::to_string(i));
    EXPECT_FALSE(is_confirmed(outcome)) << i;
  }
  const auto returned = outcomes.names_of<Returned>();
  ASSERT_FALSE(returned.empty());
  const auto last = std::get<Returned>(outcomes.of(returned.back()));
  EXPECT_EQ(last.code, 404);
  EXPECT_NE(last.text.find("no exchange 'news'"), std::string::npos) << last.text;
  EXPECT_NE(last.text.find("declare the exchange"), std::string::npos) << last.text;
  // A neighbour may be without its answer when the channel ends, but never wrongly confirmed.
  std::set<std::string> there;
  for (auto& message : host_.take("q", 2 * count + 1)) there.insert(message.body);
  for (const auto& name : outcomes.names_of<Confirmed>()) EXPECT_TRUE(there.contains(name)) << name;
  EXPECT_TRUE(is_confirmed(publish_and_wait(publisher, publication("q"), soon())));

  host_.declare_exchange("news", "fanout");
  host_.bind({"news", "q", ""});
  EXPECT_TRUE(testkit::eventually(
      [&] { return is_confirmed(publish_and_wait(publisher, to_exchange("again"), soon())); }));
  EXPECT_EQ(proxy_.counters().accepted, 1U) << "a channel was made anew, not a connection";
}

}  // namespace
}  // namespace waybill::amqp::tests
