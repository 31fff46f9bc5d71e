#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <stdexcept>

#include "waybill/amqp/queue_rules.hpp"
#include "written.hpp"

namespace waybill::amqp::tests {
namespace {

using message::Exchange;
using message::Queue;
using message::RoutingKey;
using testing::ElementsAre;
using testing::IsEmpty;

Manifest manifest_of(std::string_view queues = "") {
  return read_manifest(manifest_with(queues), "m.json").value();
}

std::vector<std::string> queue_names(const Topology& topology) {
  std::vector<std::string> names;
  for (const auto& queue : topology.queues) names.push_back(queue.name.value());
  return names;
}

std::vector<std::string> exchange_names(const Topology& topology) {
  std::vector<std::string> names;
  for (const auto& exchange : topology.exchanges)
    names.push_back(exchange.name.value() + " " + exchange.type);
  return names;
}

QueueSpec spec_of(const Topology& topology, const std::string& queue) {
  for (const auto& spec : topology.queues) {
    if (spec.name.value() == queue) return spec;
  }
  throw std::runtime_error("the topology has no queue " + queue);
}

Binding bound(const std::string& exchange, const std::string& queue, const std::string& key) {
  return {Exchange{exchange}, Queue{queue}, RoutingKey{key}};
}

TEST(ManifestDerivation, gives_every_queue_a_dead_letter_queue) {
  EXPECT_THAT(queue_names(manifest_of().topology()), ElementsAre("a.commands", "a.commands.dlq", "a.events",
                                                                 "a.events.dlq", "b.news", "b.news.dlq"));
}

TEST(ManifestDerivation, declares_the_exchanges_as_they_are_written) {
  const auto topology = manifest_of().topology();
  EXPECT_THAT(exchange_names(topology),
              ElementsAre("retry direct", "dlx direct", "commands direct", "events fanout", "news topic"));
  for (const auto& exchange : topology.exchanges) EXPECT_TRUE(exchange.durable);
}

// With at-least-once alone, RabbitMQ would dead-letter at most once and not say so.
TEST(ManifestDerivation, dead_letters_at_least_once_after_a_day_and_limits_no_deliveries) {
  const auto queue = spec_of(manifest_of().topology(), "a.commands");
  EXPECT_EQ(queue.type, QueueType::quorum);
  EXPECT_EQ(queue.dead_letter_exchange, Exchange{"dlx"});
  EXPECT_EQ(queue.dead_letter_routing_key, RoutingKey{"a.commands.dlq"});
  EXPECT_EQ(queue.dead_letter_strategy, DeadLetterStrategy::at_least_once);
  EXPECT_EQ(queue.overflow, Overflow::reject_publish);
  EXPECT_EQ(queue.message_ttl, std::chrono::hours{24});
  EXPECT_EQ(queue.max_length, std::nullopt);
  EXPECT_EQ(queue.delivery_limit, std::nullopt);
  EXPECT_THAT(queue.arguments, IsEmpty());
}

// A dead letter stays until somebody has looked after it.
TEST(ManifestDerivation, keeps_dead_letters_without_any_limit) {
  const auto queue = spec_of(manifest_of().topology(), "a.commands.dlq");
  EXPECT_EQ(queue.type, QueueType::quorum);
  EXPECT_EQ(queue.dead_letter_exchange, std::nullopt);
  EXPECT_EQ(queue.message_ttl, std::nullopt);
  EXPECT_EQ(queue.max_length, std::nullopt);
  EXPECT_EQ(queue.delivery_limit, std::nullopt);
  EXPECT_EQ(queue.overflow, std::nullopt);
  EXPECT_THAT(queue.arguments, IsEmpty());
}

TEST(ManifestDerivation, gives_a_queue_with_order_by_key_one_consumer_at_a_time) {
  const auto manifest =
      manifest_of(R"("q": {"service": "a", "order": "key", "bindings": [{"exchange": "events"}]},
"r": {"service": "a", "order": "none", "bindings": [{"exchange": "events"}]})");
  const auto topology = manifest.topology();
  EXPECT_TRUE(spec_of(topology, "q").single_active_consumer);
  for (const std::string other : {"r", "q.dlq", "a.commands"}) {
    EXPECT_FALSE(spec_of(topology, other).single_active_consumer) << other;
  }
  EXPECT_EQ(manifest.find(Queue{"q"})->order, Ordering::by_key);
  EXPECT_EQ(manifest.find(Queue{"r"})->order, Ordering::none);
  EXPECT_EQ(manifest.find(Queue{"a.commands"})->order, Ordering::none);
}

TEST(ManifestDerivation, binds_as_is_written_and_to_retry_and_dlx) {
  const auto manifest = manifest_of();
  EXPECT_THAT(manifest.bindings(),
              ElementsAre(bound("commands", "a.commands", "a"), bound("retry", "a.commands", "a.commands"),
                          bound("dlx", "a.commands.dlq", "a.commands.dlq"),  //
                          bound("events", "a.events", ""), bound("retry", "a.events", "a.events"),
                          bound("dlx", "a.events.dlq", "a.events.dlq"),  //
                          bound("news", "b.news", "news.#"), bound("retry", "b.news", "b.news"),
                          bound("dlx", "b.news.dlq", "b.news.dlq")));
  EXPECT_EQ(manifest.topology().bindings, manifest.bindings());
}

TEST(ManifestDerivation, gives_a_service_its_own_queues_and_all_exchanges) {
  const auto manifest = manifest_of();
  const auto part = manifest.topology_of(ServiceName{"b"});
  EXPECT_THAT(queue_names(part), ElementsAre("b.news", "b.news.dlq"));
  EXPECT_EQ(exchange_names(part), exchange_names(manifest.topology()));
  EXPECT_THAT(part.bindings,
              ElementsAre(bound("news", "b.news", "news.#"), bound("retry", "b.news", "b.news"),
                          bound("dlx", "b.news.dlq", "b.news.dlq")));
}

TEST(ManifestDerivation, gives_a_service_without_queues_the_exchanges) {
  const auto part = manifest_of().topology_of(ServiceName{"relay"});
  EXPECT_THAT(part.queues, IsEmpty());
  EXPECT_THAT(part.bindings, IsEmpty());
  EXPECT_EQ(part.exchanges.size(), 5U);
}

TEST(ManifestDerivation, knows_owner_and_consumer_of_each_queue) {
  const auto manifest =
      manifest_of(R"("q": {"service": "c", "consumer": "mails", "bindings": [{"exchange": "events"}]})");
  ASSERT_EQ(manifest.queues().size(), 4U);
  EXPECT_EQ(manifest.queues()[3].name, Queue{"q"});
  EXPECT_EQ(manifest.find(Queue{"q"})->service, ServiceName{"c"});
  EXPECT_EQ(manifest.find(Queue{"q"})->consumer, ConsumerName{"mails"});
  EXPECT_EQ(manifest.find(Queue{"b.news"})->consumer, ConsumerName{"b.news"}) << "its own name by default";
  EXPECT_EQ(manifest.find(Queue{"q.dlq"}), nullptr);
  EXPECT_EQ(manifest.find(Queue{"none"}), nullptr);
}

TEST(QueueRules, lead_to_one_queue_and_to_its_dead_letters) {
  const Queue queue{"order.replies"};
  EXPECT_EQ(retry_address(queue), (message::Address{Exchange{"retry"}, RoutingKey{"order.replies"}}));
  EXPECT_EQ(dead_letter_address(queue), (message::Address{Exchange{"dlx"}, RoutingKey{"order.replies.dlq"}}));
  EXPECT_EQ(dead_letter_queue(queue), Queue{"order.replies.dlq"});
}

}  // namespace
}  // namespace waybill::amqp::tests
