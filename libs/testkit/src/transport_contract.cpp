#include "waybill/testkit/transport_contract.hpp"

#include <gmock/gmock.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <map>
#include <ostream>
#include <thread>

#include "waybill/testkit/eventually.hpp"

namespace waybill::testkit {
namespace {

using message::Delivery;
using message::DeliveryTag;
using message::Outcome;
using message::Publication;
using message::Settlement;

base::Deadline soon() { return base::Deadline::after(std::chrono::seconds{20}); }
base::Deadline in_a_moment() { return base::Deadline::after(std::chrono::milliseconds{300}); }

std::vector<DeliveryTag> tags_of(const std::vector<Delivery>& deliveries) {
  std::vector<DeliveryTag> tags;
  for (const auto& delivery : deliveries) tags.push_back(delivery.tag);
  return tags;
}

void publish_all(message::Publisher& publisher, const message::Address& to, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) {
    const auto outcome = publish_and_wait(publisher, {to, full_message(std::to_string(i))}, soon());
    ASSERT_TRUE(is_confirmed(outcome)) << outcome;
  }
}

std::vector<Delivery> receive_exactly(message::Subscriber& subscriber, std::size_t count) {
  std::vector<Delivery> all;
  const auto deadline = soon();
  while (all.size() < count && !deadline.passed()) {
    for (auto& delivery : subscriber.receive(count - all.size(), deadline))
      all.push_back(std::move(delivery));
  }
  return all;
}

// Counts how each of many publishes ended, from whatever thread that is told.
class Outcomes {
 public:
  message::Publisher::Done expect_one() {
    ++expected_;
    const auto times = std::make_shared<std::atomic<int>>(0);
    return [this, times](const Outcome& outcome) {
      if (++*times > 1) twice_ = true;
      if (is_confirmed(outcome)) ++confirmed_;
      if (std::holds_alternative<message::Returned>(outcome)) ++returned_;
      ++ended_;
    };
  }
  bool all_ended() const { return ended_ == expected_; }
  int ended() const { return ended_; }
  int confirmed() const { return confirmed_; }
  int returned() const { return returned_; }
  bool any_twice() const { return twice_; }

 private:
  std::atomic<int> expected_{0}, ended_{0}, confirmed_{0}, returned_{0};
  std::atomic<bool> twice_{false};
};

}  // namespace

std::ostream& operator<<(std::ostream& out, const TransportCase& transport_case) {
  return out << transport_case.name;
}

message::WireMessage full_message(std::string body) {
  message::WireMessage wire;
  wire.message_id = "0192d3f4-5b6c-7d8e-9fa0-b1c2d3e4f506";
  wire.type = "shop.order.v1.OrderPlaced";
  wire.app_id = "order";
  wire.correlation_id = "order-17";
  wire.reply_to = "order";
  wire.content_type = "application/json";
  wire.timestamp_s = 1'700'000'000;
  wire.headers = {{"cloudEvents_subject", std::string("order-17")},
                  {"attempt", std::int64_t{3}},
                  {"flag", true},
                  {"ratio", 0.25},
                  {"empty", std::string()},
                  {"utf8", std::string("Grüße")}};
  wire.body = std::move(body);
  return wire;
}

// Whoever links this library for something else has no transport to run it over.
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(TransportContract);

TEST_P(TransportContract, a_message_arrives_as_it_was_sent) {
  auto subscriber = transport_->subscriber(16);
  auto publisher = transport_->publisher(16);
  std::string every_byte(256, '\0');
  for (std::size_t i = 0; i < every_byte.size(); ++i) every_byte[i] = static_cast<char>(i);
  for (const auto& body : {every_byte, std::string(), std::string(1'000'000, 'x')}) {
    const auto sent = full_message(body);
    const auto outcome = publish_and_wait(*publisher, {transport_->address(), sent}, soon());
    ASSERT_TRUE(is_confirmed(outcome)) << outcome;
    const auto received = receive_exactly(*subscriber, 1);
    ASSERT_EQ(received.size(), 1U);
    EXPECT_EQ(received[0].origin, transport_->address());
    EXPECT_FALSE(received[0].redelivered);
    auto headers = received[0].message.headers;
    auto expected = sent.headers;
    std::ranges::sort(headers);
    std::ranges::sort(expected);
    EXPECT_EQ(headers, expected);
    auto rest = received[0].message;
    rest.headers = sent.headers;
    EXPECT_TRUE(rest == sent) << "a property or the body of " << body.size() << " bytes differs";
    subscriber->settle(tags_of(received), Settlement::ack);
  }
}

TEST_P(TransportContract, every_publish_of_many_threads_ends_once) {
  constexpr int threads = 4;
  constexpr int each = 250;
  Outcomes outcomes;
  auto publisher = transport_->publisher(16);
  {
    std::vector<std::jthread> running;
    for (int thread = 0; thread < threads; ++thread) {
      running.emplace_back([&] {
        for (int i = 0; i < each; ++i) {
          publisher->publish({transport_->address(), full_message("x")}, soon(), outcomes.expect_one());
        }
      });
    }
  }
  EXPECT_TRUE(eventually([&] { return outcomes.all_ended(); }));
  EXPECT_EQ(outcomes.confirmed(), threads * each);
  EXPECT_FALSE(outcomes.any_twice());
  EXPECT_EQ(receive_exactly(*transport_->subscriber(0xFFFF), threads * each).size(), threads * each);
}

// AMQP sends the return before the confirm, so a publisher that only looks at confirms calls a lost message
// safe.
TEST_P(TransportContract, what_reaches_no_queue_is_returned_and_its_neighbours_are_confirmed) {
  Outcomes routed;
  Outcomes lost;
  auto publisher = transport_->publisher(64);
  for (int i = 0; i < 100; ++i) {
    publisher->publish({transport_->address(), full_message("routed")}, soon(), routed.expect_one());
    if (i % 3 == 0) {
      publisher->publish({transport_->unroutable_address(), full_message("lost")}, soon(), lost.expect_one());
    }
  }
  EXPECT_TRUE(eventually([&] { return routed.all_ended() && lost.all_ended(); }));
  EXPECT_EQ(routed.confirmed(), 100);
  EXPECT_EQ(lost.returned(), 34);
}

TEST_P(TransportContract, a_missing_exchange_is_a_return_with_404_and_the_publisher_goes_on) {
  auto publisher = transport_->publisher(16);
  const auto outcome =
      publish_and_wait(*publisher, {transport_->address_of_missing_exchange(), full_message("x")}, soon());
  ASSERT_TRUE(std::holds_alternative<message::Returned>(outcome)) << outcome;
  EXPECT_EQ(std::get<message::Returned>(outcome).code, 404);
  EXPECT_THAT(std::get<message::Returned>(outcome).text,
              testing::HasSubstr(transport_->address_of_missing_exchange().exchange.value()));
  const auto next = publish_and_wait(*publisher, {transport_->address(), full_message("y")}, soon());
  EXPECT_TRUE(is_confirmed(next)) << next;
}

TEST_P(TransportContract, the_publications_of_a_thread_stay_in_order) {
  constexpr int count = 200;
  auto publisher = transport_->publisher(32);
  Outcomes outcomes;
  for (int i = 0; i < count; ++i) {
    publisher->publish({transport_->address(), full_message(std::to_string(i))}, soon(),
                       outcomes.expect_one());
  }
  const auto received = receive_exactly(*transport_->subscriber(0), count);
  ASSERT_EQ(received.size(), count);
  for (int i = 0; i < count; ++i)
    EXPECT_EQ(received[static_cast<std::size_t>(i)].message.body, std::to_string(i));
  EXPECT_TRUE(eventually([&] { return outcomes.all_ended(); }));
}

TEST_P(TransportContract, a_publish_whose_deadline_has_passed_never_leaves_the_process) {
  auto publisher = transport_->publisher(16);
  const auto past = base::Deadline::at(base::system_clock().steady() - std::chrono::seconds{1});
  const auto outcome = publish_and_wait(*publisher, {transport_->address(), full_message("late")}, past);
  ASSERT_TRUE(std::holds_alternative<message::Unknown>(outcome)) << outcome;
  EXPECT_FALSE(std::get<message::Unknown>(outcome).sent);
  publish_all(*publisher, transport_->address(), 1);
  const auto received = receive_exactly(*transport_->subscriber(16), 1);
  ASSERT_EQ(received.size(), 1U);
  EXPECT_EQ(received[0].message.body, "0");
}

TEST_P(TransportContract, a_destroyed_publisher_leaves_no_publish_without_its_outcome) {
  Outcomes outcomes;
  auto publisher = transport_->publisher(1000);
  for (int i = 0; i < 500; ++i) {
    publisher->publish({transport_->address(), full_message("x")}, soon(), outcomes.expect_one());
  }
  publisher.reset();
  EXPECT_EQ(outcomes.ended(), 500);
  EXPECT_FALSE(outcomes.any_twice());
}

// Throughput comes from batches, latency from not waiting for them.
TEST_P(TransportContract, receive_hands_over_what_has_arrived_and_does_not_linger) {
  auto subscriber = transport_->subscriber(16);
  auto publisher = transport_->publisher(16);
  publish_all(*publisher, transport_->address(), 1);
  const auto began = base::system_clock().steady();
  EXPECT_EQ(subscriber->receive(64, soon()).size(), 1U);
  EXPECT_LT(base::system_clock().steady() - began, std::chrono::seconds{10});
  publish_all(*publisher, transport_->address(), 3);
  EXPECT_EQ(subscriber->receive(1, soon()).size(), 1U);
}

TEST_P(TransportContract, receive_comes_back_empty_at_its_deadline) {
  auto subscriber = transport_->subscriber(16);
  EXPECT_TRUE(subscriber->receive(64, in_a_moment()).empty());
}

TEST_P(TransportContract, no_more_than_the_prefetch_is_out_at_a_time) {
  publish_all(*transport_->publisher(16), transport_->address(), 6);
  auto subscriber = transport_->subscriber(4);
  const auto first = receive_exactly(*subscriber, 4);
  ASSERT_EQ(first.size(), 4U);
  EXPECT_TRUE(subscriber->receive(64, in_a_moment()).empty());
  EXPECT_EQ(subscriber->settle(tags_of(first), Settlement::ack), 4U);
  EXPECT_EQ(receive_exactly(*subscriber, 2).size(), 2U);
}

TEST_P(TransportContract, deliveries_are_settled_in_any_order_and_each_only_once) {
  publish_all(*transport_->publisher(16), transport_->address(), 5);
  auto subscriber = transport_->subscriber(16);
  auto tags = tags_of(receive_exactly(*subscriber, 5));
  ASSERT_EQ(tags.size(), 5U);
  const std::vector<DeliveryTag> mixed{tags[3], tags[0], tags[4]};
  EXPECT_EQ(subscriber->settle(mixed, Settlement::ack), 3U);
  // AMQP closes the channel of whoever settles twice; so the second time must not reach the broker.
  EXPECT_EQ(subscriber->settle(tags, Settlement::ack), 2U);
  EXPECT_EQ(subscriber->settle(tags, Settlement::ack), 0U);
  publish_all(*transport_->publisher(16), transport_->address(), 1);
  const auto next = receive_exactly(*subscriber, 1);
  ASSERT_EQ(next.size(), 1U);
  EXPECT_FALSE(next[0].redelivered);
  EXPECT_EQ(next[0].tag.session, tags[0].session);
}

TEST_P(TransportContract, a_requeued_message_comes_again_and_says_so) {
  publish_all(*transport_->publisher(16), transport_->address(), 1);
  auto subscriber = transport_->subscriber(16);
  subscriber->settle(tags_of(receive_exactly(*subscriber, 1)), Settlement::requeue);
  const auto again = receive_exactly(*subscriber, 1);
  ASSERT_EQ(again.size(), 1U);
  EXPECT_TRUE(again[0].redelivered);
}

TEST_P(TransportContract, a_rejected_message_does_not_come_again) {
  auto publisher = transport_->publisher(16);
  publish_all(*publisher, transport_->address(), 2);
  auto subscriber = transport_->subscriber(16);
  auto tags = tags_of(receive_exactly(*subscriber, 2));
  EXPECT_EQ(subscriber->settle(std::span(tags).first(1), Settlement::reject), 1U);
  EXPECT_EQ(subscriber->settle(std::span(tags).last(1), Settlement::ack), 1U);
  EXPECT_TRUE(subscriber->receive(64, in_a_moment()).empty());
}

// A tag of the old connection names another message on the new one: acking it would lose that message.
TEST_P(TransportContract, after_a_cut_the_unsettled_come_again_and_old_tags_settle_nothing) {
  auto publisher = transport_->publisher(16);
  publish_all(*publisher, transport_->address(), 3);
  auto subscriber = transport_->subscriber(16);
  const auto before = receive_exactly(*subscriber, 3);
  ASSERT_EQ(before.size(), 3U);
  EXPECT_EQ(subscriber->settle(std::vector{before[0].tag}, Settlement::ack), 1U);
  publish_all(*publisher, transport_->address(), 1);
  ASSERT_EQ(receive_exactly(*subscriber, 1).size(), 1U);
  transport_->cut_connections();

  const auto after = receive_exactly(*subscriber, 3);
  ASSERT_EQ(after.size(), 3U);
  EXPECT_EQ(subscriber->settle(tags_of(before), Settlement::ack), 0U);
  std::map<std::string, int> bodies;
  for (const auto& delivery : after) ++bodies[delivery.message.body];
  EXPECT_EQ(bodies, (std::map<std::string, int>{{"0", 1}, {"1", 1}, {"2", 1}}));
  EXPECT_EQ(subscriber->settle(tags_of(after), Settlement::ack), 3U);
}

TEST_P(TransportContract, publishing_goes_on_after_a_cut) {
  auto publisher = transport_->publisher(16);
  publish_all(*publisher, transport_->address(), 1);
  transport_->cut_connections();
  EXPECT_TRUE(eventually([&] {
    return is_confirmed(publish_and_wait(*publisher, {transport_->address(), full_message("again")}, soon()));
  }));
}

// Who stops finishes what it has in hand: that is still acknowledged.
TEST_P(TransportContract, stop_receiving_brings_receivers_back_and_leaves_what_they_have_to_be_settled) {
  publish_all(*transport_->publisher(16), transport_->address(), 1);
  {
    auto subscriber = transport_->subscriber(16);
    const auto deliveries = receive_exactly(*subscriber, 1);
    ASSERT_EQ(deliveries.size(), 1U);
    {
      const std::jthread receiver([&] { EXPECT_TRUE(subscriber->receive(64, soon()).empty()); });
      subscriber->stop_receiving();
    }
    publish_all(*transport_->publisher(16), transport_->address(), 1);
    EXPECT_TRUE(subscriber->receive(64, soon()).empty());
    EXPECT_EQ(subscriber->settle(std::array{deliveries[0].tag}, message::Settlement::ack), 1U);
  }
  EXPECT_EQ(receive_exactly(*transport_->subscriber(16), 1).size(), 1U);
}

TEST_P(TransportContract, close_brings_receivers_back_and_returns_the_unsettled) {
  publish_all(*transport_->publisher(16), transport_->address(), 1);
  auto subscriber = transport_->subscriber(16);
  ASSERT_EQ(receive_exactly(*subscriber, 1).size(), 1U);
  {
    const std::jthread receiver([&] { EXPECT_TRUE(subscriber->receive(64, soon()).empty()); });
    subscriber->close();
  }
  EXPECT_TRUE(subscriber->receive(64, soon()).empty());
  const auto again = receive_exactly(*transport_->subscriber(16), 1);
  ASSERT_EQ(again.size(), 1U);
  EXPECT_TRUE(again[0].redelivered);
}

}  // namespace waybill::testkit
