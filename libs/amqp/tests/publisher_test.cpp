#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <random>
#include <set>
#include <thread>

#include "broker.hpp"
#include "expiry.hpp"
#include "observed_outcomes.hpp"
#include "observed_states.hpp"
#include "soon.hpp"
#include "waybill/amqp/confirming_publisher.hpp"
#include "waybill/servers/fault_proxy.hpp"

namespace waybill::amqp::tests {
namespace {

namespace fault = servers::fault;

using message::Confirmed;
using message::Nacked;
using message::Returned;
using message::Unknown;
using servers::FaultProxy;
using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::HasSubstr;

base::Deadline after(milliseconds time) { return base::Deadline::after(time); }

message::Publication publication(const std::string& exchange, const std::string& routing_key,
                                 std::string body) {
  message::Publication made;
  made.to = {message::Exchange{exchange}, message::RoutingKey{routing_key}};
  made.message.message_id = "the same for all";
  made.message.body = std::move(body);
  return made;
}

class AmqpPublisher : public testing::Test {
 protected:
  PublisherOptions options(const Endpoint& endpoint) {
    PublisherOptions options;
    options.connection = options_for(endpoint);
    options.observer = states_.observer();
    return options;
  }
  message::Publication to_queue(std::string body) { return publication("", queue_.name(), std::move(body)); }
  std::set<std::string> arrived() {
    const auto bodies = client_.drain(queue_.name());
    return {bodies.begin(), bodies.end()};
  }

  TestQueue queue_{"publisher"};
  BareClient client_{broker()};
  ObservedStates states_;
  ObservedOutcomes outcomes_;
};

// A publish to a missing exchange makes the broker close the channel: its neighbours would lose their
// confirms.
TEST_F(AmqpPublisher, loses_no_neighbour_of_a_publish_to_a_missing_exchange) {
  ConfirmingPublisher publisher(options(broker()));
  const auto missing = unique_name("missing");
  for (int i = 0; i < 300; ++i) {
    publisher.publish(to_queue(std::to_string(i)), soon(), outcomes_.expect("routed " + std::to_string(i)));
    if (i % 5 != 0) continue;
    publisher.publish(publication(missing, "any", "x"), soon(),
                      outcomes_.expect("lost " + std::to_string(i)));
  }
  ASSERT_TRUE(outcomes_.each_ended_once());
  EXPECT_EQ(outcomes_.names_of<Confirmed>().size(), 300U);
  EXPECT_EQ(outcomes_.names_of<Returned>().size(), 60U);
  const auto lost = std::get<Returned>(outcomes_.of("lost 0"));
  EXPECT_EQ(lost.code, 404);
  EXPECT_THAT(lost.text, HasSubstr("no exchange '" + missing + "' in vhost '/'"));
  EXPECT_THAT(lost.text, HasSubstr("declare the exchange, or correct its name"));
  EXPECT_EQ(states_.count<Disconnected>(), 0U) << "the channel stayed open";
}

// All have the same message id, so only the publish number can tell whose return it is.
TEST_F(AmqpPublisher, gives_each_return_to_the_very_publish_it_belongs_to) {
  ConfirmingPublisher publisher(options(broker()));
  std::mt19937 random(11);
  for (int i = 0; i < 400; ++i) {
    const bool is_routed = random() % 3 != 0;
    const auto name = (is_routed ? "routed " : "lost ") + std::to_string(i);
    publisher.publish(is_routed ? to_queue(name) : publication("amq.direct", "leads.nowhere", name), soon(),
                      outcomes_.expect(name));
  }
  ASSERT_TRUE(outcomes_.each_ended_once());
  for (const auto& name : outcomes_.names_of<Confirmed>()) EXPECT_THAT(name, testing::StartsWith("routed"));
  for (const auto& name : outcomes_.names_of<Returned>()) EXPECT_THAT(name, testing::StartsWith("lost"));
  EXPECT_EQ(outcomes_.names_of<Unknown>().size(), 0U);
  EXPECT_EQ(arrived().size(), outcomes_.names_of<Confirmed>().size());
}

TEST_F(AmqpPublisher, finds_an_exchange_that_is_made_after_it_was_missing) {
  ConfirmingPublisher publisher(options(broker()));
  const auto exchange = unique_name("later");
  const auto first = publish_and_wait(publisher, publication(exchange, "", "x"), soon());
  EXPECT_TRUE(std::holds_alternative<Returned>(first)) << first;
  client_.declare_exchange(exchange, "fanout");
  client_.bind(queue_.name(), exchange, "");
  EXPECT_TRUE(testkit::eventually(
      [&] { return is_confirmed(publish_and_wait(publisher, publication(exchange, "", "y"), soon())); }));
  client_.delete_exchange(exchange);
}

TEST_F(AmqpPublisher, goes_on_when_an_exchange_is_deleted_under_it) {
  ConfirmingPublisher publisher(options(broker()));
  const auto exchange = unique_name("deleted");
  client_.declare_exchange(exchange, "fanout");
  client_.bind(queue_.name(), exchange, "");
  ASSERT_TRUE(is_confirmed(publish_and_wait(publisher, publication(exchange, "", "x"), soon())));
  client_.delete_exchange(exchange);
  const auto outcome = publish_and_wait(publisher, publication(exchange, "", "y"), soon());
  ASSERT_TRUE(std::holds_alternative<Returned>(outcome)) << outcome;
  EXPECT_EQ(std::get<Returned>(outcome).code, 404);
  EXPECT_THAT(states_.await_reason(Trouble::channel), HasSubstr("no exchange '" + exchange + "'"));
  EXPECT_TRUE(is_confirmed(publish_and_wait(publisher, to_queue("z"), soon())));
}

TEST_F(AmqpPublisher, refuses_an_oversize_message_before_it_is_sent_and_sends_the_next) {
  auto limited = options(broker());
  limited.connection.max_message_bytes = 1'000;
  ConfirmingPublisher publisher(limited);
  const auto outcome = publish_and_wait(publisher, to_queue(std::string(1'001, 'x')), soon());
  ASSERT_TRUE(std::holds_alternative<Unknown>(outcome)) << outcome;
  EXPECT_FALSE(std::get<Unknown>(outcome).sent);
  EXPECT_THAT(std::get<Unknown>(outcome).why, HasSubstr("has 1001 bytes, above the limit of 1000"));
  EXPECT_TRUE(is_confirmed(publish_and_wait(publisher, to_queue(std::string(1'000, 'x')), soon())));
}

TEST_F(AmqpPublisher, refuses_headers_that_fit_into_no_frame) {
  ConfirmingPublisher publisher(options(broker()));
  auto large = to_queue("x");
  large.message.headers.emplace_back("large", std::string(200'000, 'h'));
  const auto outcome = publish_and_wait(publisher, std::move(large), soon());
  ASSERT_TRUE(std::holds_alternative<Unknown>(outcome)) << outcome;
  EXPECT_FALSE(std::get<Unknown>(outcome).sent);
  EXPECT_THAT(std::get<Unknown>(outcome).why, HasSubstr("do not fit into one frame"));
  EXPECT_TRUE(is_confirmed(publish_and_wait(publisher, to_queue("next"), soon())));
}

TEST_F(AmqpPublisher, sends_a_message_of_many_frames) {
  ConfirmingPublisher publisher(options(broker()));
  EXPECT_TRUE(is_confirmed(publish_and_wait(publisher, to_queue(std::string(5'000'000, 'b')), soon())));
  const auto bodies = client_.drain(queue_.name());
  ASSERT_EQ(bodies.size(), 1U);
  EXPECT_EQ(bodies[0].size(), 5'000'000U);
}

TEST_F(AmqpPublisher, hears_that_a_full_queue_refuses) {
  const auto full = unique_name("full");
  client_.declare_quorum_queue(
      full, {{"x-max-length", std::int64_t{1}}, {"x-overflow", std::string{"reject-publish"}}});
  ConfirmingPublisher publisher(options(broker()));
  EXPECT_TRUE(testkit::eventually([&] {
    return std::holds_alternative<Nacked>(publish_and_wait(publisher, publication("", full, "x"), soon()));
  }));
  client_.delete_queue(full);
}

TEST_F(AmqpPublisher, waits_for_a_broker_that_is_away_until_the_deadline_and_then_says_it_was_not_sent) {
  FaultProxy proxy(place_of(broker()));
  proxy.inject(fault::Refuse{});
  ConfirmingPublisher publisher(options(by_way_of(proxy)));
  const auto early = publish_and_wait(publisher, to_queue("early"), after(milliseconds{200}));
  ASSERT_TRUE(std::holds_alternative<Unknown>(early)) << early;
  EXPECT_FALSE(std::get<Unknown>(early).sent);
  publisher.publish(to_queue("patient"), soon(), outcomes_.expect("patient"));
  proxy.heal();
  ASSERT_TRUE(outcomes_.each_ended_once());
  EXPECT_EQ(outcomes_.of("patient"), message::Outcome{Confirmed{}});
  EXPECT_EQ(arrived(), std::set<std::string>{"patient"});
}

TEST_F(AmqpPublisher, ends_what_a_frozen_broker_does_not_answer_as_unknown_at_its_deadline) {
  FaultProxy proxy(place_of(broker()));
  auto patient = options(by_way_of(proxy));
  patient.connection = with_long_waits(std::move(patient.connection));
  ConfirmingPublisher publisher(patient);
  ASSERT_TRUE(is_confirmed(publish_and_wait(publisher, to_queue("before"), soon())));
  proxy.inject(fault::StopReading{});
  EXPECT_TRUE(leaves_and_expires(publisher, to_queue("during")));
  proxy.heal();
  EXPECT_TRUE(is_confirmed(publish_and_wait(publisher, to_queue("after"), soon())));
  EXPECT_TRUE(arrived().contains("after"));
}

TEST_F(AmqpPublisher, stops_within_a_second_while_the_broker_is_frozen) {
  // A busy machine may hold up one stop, and not each of them.
  EXPECT_TRUE(testkit::eventually([&] {
    FaultProxy proxy(place_of(broker()));
    auto publisher = std::make_unique<ConfirmingPublisher>(options(by_way_of(proxy)));
    EXPECT_TRUE(is_confirmed(publish_and_wait(*publisher, to_queue("before"), soon())));
    proxy.inject(fault::StopReading{});
    return time_of([&] { publisher.reset(); }) < std::chrono::seconds{1};
  }));
}

TEST_F(AmqpPublisher, takes_no_more_than_its_queue_and_window_while_the_broker_is_frozen) {
  FaultProxy proxy(place_of(broker()));
  auto small = options(by_way_of(proxy));
  small.window = 4;
  small.queue = 3;
  ConfirmingPublisher publisher(small);
  ASSERT_TRUE(is_confirmed(publish_and_wait(publisher, to_queue("before"), soon())));
  proxy.inject(fault::StopReading{});
  for (int i = 0; i < 7; ++i) {
    publisher.publish(to_queue(std::to_string(i)), soon(), outcomes_.expect(std::to_string(i)));
  }
  auto another = to_queue("another");
  auto done = outcomes_.expect("another");
  EXPECT_TRUE(testkit::eventually([&] { return !publisher.try_publish(another, soon(), done); }));
  EXPECT_EQ(another.message.body, "another");
  const auto refused = publish_and_wait(publisher, to_queue("late"), after(milliseconds{50}));
  EXPECT_FALSE(std::get<Unknown>(refused).sent) << refused;
  proxy.heal();
  EXPECT_TRUE(testkit::eventually([&] { return publisher.try_publish(another, soon(), done); }));
  EXPECT_TRUE(outcomes_.each_ended_once());
}

// The sentence the product is: what is reported Confirmed has arrived, whatever happens to the connection.
TEST_F(AmqpPublisher, confirms_nothing_that_did_not_arrive_however_often_the_connection_is_cut) {
  FaultProxy proxy(place_of(broker()));
  ConfirmingPublisher publisher(options(by_way_of(proxy)));
  std::atomic<bool> over{false};
  std::jthread cutter([&] {
    for (std::size_t times = 1; times <= 12 && !over; ++times) {
      EXPECT_TRUE(states_.connected(times));
      const auto enough = outcomes_.confirmed() + 40;
      EXPECT_TRUE(testkit::eventually([&] { return over || outcomes_.confirmed() > enough; }));
      proxy.inject(fault::CutNow{});
    }
  });
  for (int i = 0; i < 3'000; ++i) {
    publisher.publish(to_queue(std::to_string(i)), soon(), outcomes_.expect(std::to_string(i)));
  }
  EXPECT_TRUE(outcomes_.each_ended_once());
  over = true;
  cutter.join();
  const auto there = arrived();
  for (const auto& name : outcomes_.names_of<Confirmed>()) EXPECT_TRUE(there.contains(name)) << name;
  EXPECT_GT(outcomes_.names_of<Confirmed>().size(), 100U);
}

TEST_F(AmqpPublisher, may_publish_the_next_from_the_outcome_of_the_last) {
  std::atomic<int> left{50};
  ConfirmingPublisher publisher(options(broker()));
  std::function<void(const message::Outcome&)> next = [&](const message::Outcome&) {
    if (--left <= 0) return;
    auto again = to_queue("x");
    message::Publisher::Done done = next;
    publisher.try_publish(again, soon(), done);
  };
  next(Confirmed{});
  EXPECT_TRUE(testkit::eventually([&] { return left == 0; }));
}

TEST_F(AmqpPublisher, sets_its_topology_up_before_it_publishes) {
  auto with = options(broker());
  const auto exchange = unique_name("own");
  const auto queue = unique_name("own");
  with.topology.emplace();
  with.topology->topology.exchanges.push_back({message::Exchange{exchange}, "topic"});
  with.topology->topology.queues.push_back({.name = message::Queue{queue}});
  with.topology->topology.bindings.push_back(
      {message::Exchange{exchange}, message::Queue{queue}, message::RoutingKey{"a.#"}});
  {
    ConfirmingPublisher publisher(with);
    EXPECT_TRUE(is_confirmed(publish_and_wait(publisher, publication(exchange, "a.b", "x"), soon())));
  }
  EXPECT_EQ(client_.message_count(queue), 1U);
  client_.delete_queue(queue);
  client_.delete_exchange(exchange);
}

TEST_F(AmqpPublisher, refuses_options_that_cannot_be_right) {
  auto none = options(broker());
  none.window = 0;
  EXPECT_THROW(ConfirmingPublisher{none}, std::invalid_argument);
}

}  // namespace
}  // namespace waybill::amqp::tests
