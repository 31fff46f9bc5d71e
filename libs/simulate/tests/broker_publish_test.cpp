#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "waybill/simulate/fake_broker.hpp"

namespace waybill::simulate {
namespace {

using namespace std::chrono_literals;
using message::Address;
using message::Exchange;
using message::Queue;
using message::RoutingKey;
using ::testing::ElementsAre;

class FakeBrokerPublishing : public ::testing::Test {
 protected:
  FakeBrokerPublishing() { broker_.declare_queue(q); }

  void publish(const Address& to, const std::string& body, const std::string& key = "") {
    message::Publication publication{to, {}};
    publication.message.body = body;
    publication.message.headers.emplace_back("cloudEvents_subject", key);
    publisher_->publish(std::move(publication),
                        [this](const message::Outcome& outcome) { outcomes_.push_back(outcome); });
  }
  std::vector<std::string> standing() { return standing(q); }
  std::vector<std::string> standing(const Queue& queue) {
    std::vector<std::string> bodies;
    for (const auto& each : broker_.ready(queue)) bodies.push_back(each.body);
    return bodies;
  }
  message::Outcome outcome_of_one() {
    publish(to_q, "a");
    history_.time.pass(1s);
    return outcomes_.at(0);
  }

  const Queue q{"q"};
  const Address to_q{{}, RoutingKey{"q"}};
  History history_{1, {.faults = 1'000}};
  FakeBroker broker_{history_};
  std::unique_ptr<FakePublisher> publisher_ = broker_.publisher("publisher");
  std::vector<message::Outcome> outcomes_;
};

TEST_F(FakeBrokerPublishing, takes_time_and_confirms_what_stands_in_its_queue) {
  publish(to_q, "a");
  EXPECT_EQ(publisher_->under_way(), 1U);
  EXPECT_TRUE(standing().empty());
  while (standing().empty()) ASSERT_TRUE(history_.time.run_next());
  EXPECT_TRUE(outcomes_.empty());
  history_.time.pass(1s);
  EXPECT_THAT(outcomes_, ElementsAre(message::Outcome{message::Confirmed{}}));
  EXPECT_EQ(publisher_->under_way(), 0U);
  EXPECT_EQ(broker_.depth(q), 1U);
}

TEST_F(FakeBrokerPublishing, routes_by_the_kind_of_the_exchange) {
  broker_.declare_exchange(Exchange{"d"}, ExchangeKind::direct);
  broker_.declare_exchange(Exchange{"f"}, ExchangeKind::fanout);
  broker_.declare_exchange(Exchange{"t"}, ExchangeKind::topic);
  broker_.declare_queue(Queue{"r"});
  broker_.bind(q, {Exchange{"d"}, RoutingKey{"x"}});
  broker_.bind(Queue{"r"}, {Exchange{"d"}, RoutingKey{"y"}});
  broker_.bind(q, {Exchange{"f"}, {}});
  broker_.bind(Queue{"r"}, {Exchange{"f"}, {}});
  // A message comes once, by however many bindings.
  broker_.bind(q, {Exchange{"t"}, RoutingKey{"a.#"}});
  broker_.bind(q, {Exchange{"t"}, RoutingKey{"a.*"}});
  publish({Exchange{"d"}, RoutingKey{"x"}}, "direct");
  publish({Exchange{"f"}, RoutingKey{"x"}}, "fanout");
  publish({Exchange{"t"}, RoutingKey{"a.b"}}, "topic");
  history_.time.pass(1s);
  EXPECT_THAT(standing(), ElementsAre("direct", "fanout", "topic"));
  EXPECT_THAT(standing(Queue{"r"}), ElementsAre("fanout"));
}

TEST_F(FakeBrokerPublishing, returns_what_reaches_no_queue) {
  broker_.declare_exchange(Exchange{"f"}, ExchangeKind::fanout);
  const Address to{Exchange{"f"}, {}};
  broker_.bind(q, to);
  broker_.unbind(q, to);
  publish(to, "unbound");
  publish({Exchange{"missing"}, {}}, "no exchange");
  history_.time.pass(1s);
  EXPECT_THAT(outcomes_, ::testing::Each(::testing::VariantWith<message::Returned>(::testing::_)));
  EXPECT_EQ(outcomes_.size(), 2U);
  EXPECT_TRUE(standing().empty());
}

TEST_F(FakeBrokerPublishing, may_lose_a_confirm_though_the_message_arrived) {
  broker_.faults.loses_confirms = 100;
  EXPECT_EQ(std::get<message::Unknown>(outcome_of_one()).sent, true);
  EXPECT_THAT(standing(), ElementsAre("a"));
}

TEST_F(FakeBrokerPublishing, may_lose_a_message_on_the_way) {
  broker_.faults.loses_publishes = 100;
  EXPECT_EQ(std::get<message::Unknown>(outcome_of_one()).sent, true);
  EXPECT_TRUE(standing().empty());
}

TEST_F(FakeBrokerPublishing, may_not_send_it_at_all) {
  broker_.faults.never_sends = 100;
  EXPECT_EQ(std::get<message::Unknown>(outcome_of_one()).sent, false);
  EXPECT_TRUE(standing().empty());
}

TEST_F(FakeBrokerPublishing, may_refuse_a_message) {
  broker_.faults.nacks = 100;
  EXPECT_TRUE(std::holds_alternative<message::Nacked>(outcome_of_one()));
  EXPECT_TRUE(standing().empty());
}

TEST_F(FakeBrokerPublishing, may_double_a_message) {
  broker_.faults.doubles = 100;
  EXPECT_TRUE(message::is_confirmed(outcome_of_one()));
  EXPECT_THAT(standing(), ElementsAre("a", "a"));
}

TEST_F(FakeBrokerPublishing, has_no_faults_once_the_dice_are_calm) {
  broker_.faults = {.never_sends = 100, .nacks = 100, .doubles = 100, .cuts = 100};
  history_.dice.calm();
  EXPECT_TRUE(message::is_confirmed(outcome_of_one()));
  EXPECT_THAT(standing(), ElementsAre("a"));
}

TEST_F(FakeBrokerPublishing, keeps_the_order_of_a_publisher) {
  std::vector<std::string> bodies;
  for (int i = 0; i < 50; ++i) {
    bodies.push_back(std::to_string(i));
    publish(to_q, bodies.back());
  }
  history_.time.pass(1s);
  EXPECT_EQ(standing(), bodies);
}

// What is late is overtaken, but not by what belongs behind it.
TEST_F(FakeBrokerPublishing, delays_messages_within_the_order_of_their_keys) {
  broker_.faults.delays = 50;
  std::vector<std::string> sent;
  for (int i = 0; i < 60; ++i) {
    sent.push_back(std::to_string(100 + i));
    publish(to_q, sent.back(), "k" + std::to_string(i % 3));
  }
  history_.time.pass(100s);
  EXPECT_NE(standing(), sent);
  for (int key = 0; key < 3; ++key) {
    auto of_key = standing();
    std::erase_if(of_key, [&](const std::string& body) { return std::stoi(body) % 3 != (key + 1) % 3; });
    EXPECT_EQ(of_key.size(), 20U);
    EXPECT_TRUE(std::ranges::is_sorted(of_key)) << ::testing::PrintToString(of_key);
  }
}

TEST_F(FakeBrokerPublishing, ends_what_is_under_way_unknown_at_a_cut_of_which_a_part_arrives) {
  std::vector<std::string> sent;
  for (int i = 0; i < 50; ++i) {
    sent.push_back(std::to_string(i));
    publish(to_q, sent.back());
  }
  publisher_->cut();
  history_.time.pass(10s);
  EXPECT_EQ(outcomes_.size(), 50U);
  EXPECT_THAT(outcomes_, ::testing::Each(::testing::VariantWith<message::Unknown>(::testing::_)));
  const auto arrived = standing();
  EXPECT_EQ(arrived, std::vector(sent.begin(), sent.begin() + std::ssize(arrived)));
  EXPECT_LT(arrived.size(), sent.size());
}

TEST_F(FakeBrokerPublishing, tells_a_dead_publisher_nothing) {
  for (int i = 0; i < 10; ++i) publish(to_q, "a");
  publisher_.reset();
  history_.time.pass(10s);
  EXPECT_TRUE(outcomes_.empty());
}

// The outcome of a cut, too, is for a process that may be dead by then.
TEST_F(FakeBrokerPublishing, tells_a_publisher_nothing_that_died_right_after_a_cut) {
  publish(to_q, "a");
  publisher_->cut();
  publisher_.reset();
  history_.time.pass(10s);
  EXPECT_TRUE(outcomes_.empty());
}

TEST_F(FakeBrokerPublishing, has_one_outcome_each_whatever_strikes) {
  broker_.faults = {.never_sends = 5,
                    .loses_publishes = 5,
                    .loses_confirms = 5,
                    .nacks = 5,
                    .doubles = 5,
                    .delays = 10,
                    .cuts = 10};
  for (int i = 0; i < 200; ++i) {
    publish(to_q, "a", "k");
    history_.time.pass(1ms);
  }
  history_.time.pass(10s);
  EXPECT_EQ(outcomes_.size(), 200U);
  EXPECT_EQ(publisher_->under_way(), 0U);
}

TEST(TopicPattern, takes_words_as_RabbitMQ_does) {
  EXPECT_TRUE(matches_topic("a.b", "a.b"));
  EXPECT_TRUE(matches_topic("a.*", "a.b"));
  EXPECT_FALSE(matches_topic("a.*", "a"));
  EXPECT_FALSE(matches_topic("a.*", "a.b.c"));
  EXPECT_TRUE(matches_topic("a.#", "a"));
  EXPECT_TRUE(matches_topic("a.#", "a.b.c"));
  EXPECT_TRUE(matches_topic("#", ""));
  EXPECT_TRUE(matches_topic("#.c", "a.b.c"));
  EXPECT_FALSE(matches_topic("#.c", "a.b"));
  EXPECT_TRUE(matches_topic("#.b.#", "a.b.c"));
  EXPECT_FALSE(matches_topic("a.b", "a.bc"));
}

}  // namespace
}  // namespace waybill::simulate
