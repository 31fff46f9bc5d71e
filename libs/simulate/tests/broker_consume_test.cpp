#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "waybill/simulate/fake_broker.hpp"

namespace waybill::simulate {
namespace {

using namespace std::chrono_literals;
using message::Settlement;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

class FakeBrokerConsuming : public ::testing::Test {
 protected:
  FakeBrokerConsuming() {
    broker_.declare_queue(dead);
    broker_.declare_queue(q, {.dead_letters = message::Address{{}, message::RoutingKey{"dead"}}});
  }

  void send(const std::vector<std::string>& bodies) {
    for (const auto& body : bodies) {
      message::Publication publication{{{}, message::RoutingKey{"q"}}, {}};
      publication.message.body = body;
      publication.message.headers.emplace_back("cloudEvents_subject", body.substr(0, 1));
      publisher_->publish(std::move(publication), [](const message::Outcome&) {});
    }
    history_.time.pass(1s);
  }
  /// Receives, remembers the tags, and says what came; redelivered with a star.
  std::vector<std::string> receive(FakeConsumer& consumer, std::size_t most = 10) {
    tags_.clear();
    std::vector<std::string> bodies;
    for (const auto& delivery : consumer.receive(most)) {
      tags_.push_back(delivery.tag);
      bodies.push_back(delivery.message.body + (delivery.redelivered ? "*" : ""));
    }
    return bodies;
  }

  const message::Queue q{"q"};
  const message::Queue dead{"dead"};
  History history_{1, {.faults = 1'000}};
  FakeBroker broker_{history_};
  std::unique_ptr<FakePublisher> publisher_ = broker_.publisher("publisher");
  std::vector<message::DeliveryTag> tags_;
};

TEST_F(FakeBrokerConsuming, delivers_in_order_and_forgets_what_is_acknowledged) {
  const auto consumer = broker_.consumer("c", q, 10);
  send({"a1", "b1", "a2"});
  EXPECT_THAT(receive(*consumer, 2), ElementsAre("a1", "b1"));
  EXPECT_EQ(broker_.depth(q), 3U);
  EXPECT_EQ(consumer->settle(tags_, Settlement::ack), 2U);
  EXPECT_EQ(consumer->settle(tags_, Settlement::ack), 0U);
  EXPECT_EQ(broker_.depth(q), 1U);
  EXPECT_THAT(receive(*consumer), ElementsAre("a2"));
}

TEST_F(FakeBrokerConsuming, sends_no_more_ahead_than_the_prefetch) {
  const auto first = broker_.consumer("first", q, 2);
  send({"a1", "a2", "a3"});
  const auto second = broker_.consumer("second", q, 5);
  EXPECT_THAT(receive(*second), ElementsAre("a3"));
  EXPECT_THAT(receive(*first), ElementsAre("a1", "a2"));
  send({"a4", "a5", "a6"});
  EXPECT_THAT(receive(*first), IsEmpty());
}

TEST_F(FakeBrokerConsuming, shares_a_queue_among_its_consumers_in_turns) {
  const auto first = broker_.consumer("first", q, 5);
  const auto second = broker_.consumer("second", q, 5);
  send({"a1", "a2", "a3", "a4"});
  EXPECT_THAT(receive(*first), ElementsAre("a1", "a3"));
  EXPECT_THAT(receive(*second), ElementsAre("a2", "a4"));
}

// Also what the process has never seen: so RabbitMQ does it, and so a poisonous message blames its
// neighbours.
TEST_F(FakeBrokerConsuming, brings_back_all_that_a_dead_consumer_had_in_its_old_place) {
  auto first = broker_.consumer("first", q, 3);
  send({"a1", "a2", "a3", "a4"});
  EXPECT_THAT(receive(*first, 2), ElementsAre("a1", "a2"));
  EXPECT_EQ(first->settle(std::vector{tags_[0]}, Settlement::ack), 1U);
  first.reset();
  const auto second = broker_.consumer("second", q, 9);
  EXPECT_THAT(receive(*second), ElementsAre("a2*", "a3*", "a4*"));
}

TEST_F(FakeBrokerConsuming, takes_no_tag_of_before_a_cut_and_connects_again) {
  const auto consumer = broker_.consumer("c", q, 3);
  send({"a1"});
  EXPECT_THAT(receive(*consumer), ElementsAre("a1"));
  const auto old = tags_;
  consumer->cut();
  EXPECT_FALSE(consumer->is_connected());
  EXPECT_EQ(consumer->settle(old, Settlement::ack), 0U);
  history_.time.pass(1s);
  EXPECT_TRUE(consumer->is_connected());
  EXPECT_EQ(consumer->settle(old, Settlement::ack), 0U);
  EXPECT_THAT(receive(*consumer), ElementsAre("a1*"));
}

// The consumer has told the broker, and believes it is done.
TEST_F(FakeBrokerConsuming, may_cut_the_connection_before_a_settlement_arrives) {
  const auto consumer = broker_.consumer("c", q, 3);
  send({"a1"});
  receive(*consumer);
  broker_.faults.cuts = 100;
  EXPECT_EQ(consumer->settle(tags_, Settlement::ack), 1U);
  broker_.faults.cuts = 0;
  history_.time.pass(1s);
  EXPECT_THAT(receive(*consumer), ElementsAre("a1*"));
}

TEST_F(FakeBrokerConsuming, dead_letters_what_is_rejected_and_brings_back_what_is_requeued) {
  const auto consumer = broker_.consumer("c", q, 3);
  send({"a1", "a2"});
  receive(*consumer);
  consumer->settle(std::vector{tags_[0]}, Settlement::reject);
  consumer->settle(std::vector{tags_[1]}, Settlement::requeue);
  EXPECT_THAT(receive(*consumer), ElementsAre("a2*"));
  const auto letters = broker_.ready(dead);
  ASSERT_EQ(letters.size(), 1U);
  EXPECT_EQ(letters[0].body, "a1");
  EXPECT_NE(message::find_header(letters[0].headers, "x-first-death-queue"), nullptr);
}

TEST_F(FakeBrokerConsuming, calls_who_found_nothing_when_something_has_arrived) {
  const auto consumer = broker_.consumer("c", q, 3);
  int calls = 0;
  consumer->when_ready([&] { ++calls; });
  send({"a1"});
  EXPECT_EQ(calls, 0);
  receive(*consumer);
  EXPECT_THAT(receive(*consumer), IsEmpty());
  send({"a2", "a3"});
  EXPECT_EQ(calls, 1);
}

TEST_F(FakeBrokerConsuming, has_one_active_consumer_where_the_queue_asks_for_it) {
  const message::Queue single{"q"};
  broker_.declare_queue(single, {.single_active = true});
  auto first = broker_.consumer("first", q, 1);
  const auto second = broker_.consumer("second", q, 5);
  send({"a1", "a2"});
  EXPECT_THAT(receive(*second), IsEmpty());
  EXPECT_THAT(receive(*first), ElementsAre("a1"));
  first.reset();
  EXPECT_THAT(receive(*second), ElementsAre("a1*", "a2"));
}

// RabbitMQ promises a place, and not which: but of a key, what is first stays first.
TEST_F(FakeBrokerConsuming, may_bring_messages_back_behind_those_of_other_keys_alone) {
  broker_.faults.reorders = 60;
  const std::vector<std::string> sent{"a1", "b1", "a2", "c1", "b2", "a3", "c2", "b3"};
  send(sent);
  bool is_reordered = false;
  for (int time = 0; time < 50; ++time) {
    auto consumer = broker_.consumer("c", q, 5);
    receive(*consumer, 3);
    consumer.reset();
    std::vector<std::string> standing;
    for (const auto& each : broker_.ready(q)) standing.push_back(each.body);
    is_reordered = is_reordered || standing != sent;
    EXPECT_THAT(standing, ::testing::UnorderedElementsAreArray(sent));
    for (const char key : {'a', 'b', 'c'}) {
      auto of_key = standing;
      std::erase_if(of_key, [&](const std::string& body) { return body[0] != key; });
      ASSERT_TRUE(std::ranges::is_sorted(of_key)) << ::testing::PrintToString(standing);
    }
  }
  EXPECT_TRUE(is_reordered);
}

}  // namespace
}  // namespace waybill::simulate
