#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "shop.hpp"
#include "waybill/servers/test_virtual_host.hpp"

namespace waybill::topology_tests {
namespace {

using amqp::ServiceName;
using amqp::TopologyMode;
using nlohmann::json;
using servers::TestVirtualHost;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

/// What is in the virtual host, in an order that does not depend on how it came there.
json content_of(const TestVirtualHost& host) {
  auto all = json::parse(host.definitions());
  for (auto& list : all) {
    if (list.is_array()) std::sort(list.begin(), list.end());
  }
  return all;
}

std::vector<amqp::Binding> sorted(std::vector<amqp::Binding> bindings) {
  std::ranges::sort(bindings);
  return bindings;
}

std::vector<amqp::Binding> bindings_of(const TestVirtualHost& host) {
  std::vector<amqp::Binding> bindings;
  for (const auto& one : host.bindings()) {
    bindings.push_back(
        {message::Exchange{one.exchange}, message::Queue{one.queue}, message::RoutingKey{one.routing_key}});
  }
  return sorted(std::move(bindings));
}

// An operator imports the file, a service declares: neither may find the other's work to be different (406).
TEST(ShopTopology, is_declared_without_complaint_where_the_definitions_were_imported) {
  const TestVirtualHost host;
  host.import_definitions(shop_definitions());
  const auto imported = content_of(host);
  EXPECT_THAT(set_up(host.url(), shop_manifest().topology()), IsEmpty());
  EXPECT_EQ(content_of(host), imported) << "and nothing was missing";
}

TEST(ShopTopology, is_the_same_by_declaration_and_by_import) {
  const TestVirtualHost declared;
  const TestVirtualHost imported;
  EXPECT_THAT(set_up(declared.url(), shop_manifest().topology()), IsEmpty());
  imported.import_definitions(shop_definitions());
  EXPECT_EQ(content_of(declared), content_of(imported));
  EXPECT_EQ(content_of(imported).at("queues").size(), 2 * shop_manifest().queues().size());
}

TEST(ShopTopology, is_found_complete_by_verifying_where_the_definitions_were_imported) {
  const TestVirtualHost host;
  host.import_definitions(shop_definitions());
  EXPECT_THAT(set_up(host.url(), shop_manifest().topology(), TopologyMode::verify), IsEmpty());
  host.delete_queue("payment.commands.dlq");
  EXPECT_THAT(set_up(host.url(), shop_manifest().topology(), TopologyMode::verify),
              ElementsAre(HasSubstr("queue 'payment.commands.dlq' is missing")));
}

// Who runs a broker for others gives services no right to change what is there.
TEST(ShopTopology, may_be_verified_by_a_user_who_may_not_declare) {
  const TestVirtualHost host;
  host.import_definitions(shop_definitions());
  const auto user = host.name() + "-user";
  host.set_user(user, "secret");
  host.set_permissions(user, {.configure = "^$"});
  const auto url = host.url_as(user, "secret");
  EXPECT_THAT(set_up(url, shop_manifest().topology(), TopologyMode::verify), IsEmpty());
  EXPECT_THAT(set_up(url, shop_manifest().topology_of(ServiceName{"order"})),
              Contains(HasSubstr("may not be declared by this user; only verify the topology")));
}

// The rights that docs/topology.md tells operators to give.
TEST(ShopTopology, may_be_declared_in_part_by_a_user_with_rights_to_that_part) {
  const TestVirtualHost host;
  const auto user = host.name() + "-user";
  host.set_user(user, "secret");
  host.set_permissions(
      user, {.configure = R"(^(inventory\..*|commands|replies|events\.fanout|notifications|retry|dlx)$)",
             .write = R"(^(inventory\..*|dlx)$)",
             .read = R"(^(inventory\..*|commands|retry|dlx)$)"});
  const auto url = host.url_as(user, "secret");
  EXPECT_THAT(set_up(url, shop_manifest().topology_of(ServiceName{"inventory"})), IsEmpty());
  EXPECT_THAT(set_up(url, shop_manifest().topology_of(ServiceName{"payment"})),
              Contains(HasSubstr("queue 'payment.commands' may not be declared by this user")));
}

TEST(ShopTopology, may_be_declared_again_and_costs_no_message) {
  const TestVirtualHost host;
  EXPECT_THAT(set_up(host.url(), shop_manifest().topology()), IsEmpty());
  const auto once = content_of(host);
  ASSERT_TRUE(host.publish({message::Exchange{"commands"}, message::RoutingKey{"order"}}, {}));
  EXPECT_THAT(set_up(host.url(), shop_manifest().topology()), IsEmpty());
  EXPECT_EQ(content_of(host), once);
  EXPECT_THAT(host.take("order.commands", 10), SizeIs(1));
}

TEST(ShopTopology, has_the_bindings_that_a_watch_expects) {
  const TestVirtualHost host;
  EXPECT_THAT(set_up(host.url(), shop_manifest().topology()), IsEmpty());
  EXPECT_EQ(bindings_of(host), sorted(shop_manifest().bindings()));
}

TEST(ShopTopology, is_complete_when_every_service_has_declared_its_part) {
  const TestVirtualHost whole;
  const TestVirtualHost parts;
  EXPECT_THAT(set_up(whole.url(), shop_manifest().topology()), IsEmpty());
  for (const std::string service : {"order", "inventory", "payment", "notification", "analytics"}) {
    EXPECT_THAT(set_up(parts.url(), shop_manifest().topology_of(ServiceName{service})), IsEmpty());
  }
  EXPECT_EQ(content_of(parts), content_of(whole));
}

// What the reader lets through, a broker has to take: also what is as long as it may be, and ordered.
TEST(Topology, of_the_longest_names_that_a_manifest_takes_is_taken_by_a_broker) {
  const TestVirtualHost host;
  const std::string exchange(255, 'e');
  const std::string queue(251, 'q');
  const std::string key(255, 'k');
  const auto manifest =
      amqp::read_manifest(R"({"exchanges": {"retry": {"type": "direct"}, "dlx": {"type": "direct"}, ")" +
                              exchange + R"(": {"type": "topic"}}, "queues": {")" + queue +
                              R"(": {"service": "s", "order": "key", "bindings": [{"exchange": ")" +
                              exchange + R"(", "key": ")" + key + R"("}]}}})",
                          "longest.json");
  EXPECT_THAT(set_up(host.url(), manifest.value().topology()), IsEmpty());
  EXPECT_THAT(host.queues(), ElementsAre(queue, queue + ".dlq"));
  EXPECT_EQ(bindings_of(host), sorted(manifest.value().bindings()));
}

// A queue that is there keeps its order for ever: whoever changes it has to make another queue.
TEST(ShopTopology, cannot_change_the_order_of_a_queue_that_is_there) {
  const auto unordered = shop_manifest().topology();
  auto ordered = unordered;
  ordered.queues.front().single_active_consumer = true;
  const TestVirtualHost host;
  EXPECT_THAT(set_up(host.url(), unordered), IsEmpty());
  EXPECT_THAT(set_up(host.url(), ordered),
              ElementsAre(HasSubstr("queue 'order.commands' exists with x-single-active-consumer = none, but "
                                    "the topology asks for true")));
  const TestVirtualHost other;
  EXPECT_THAT(set_up(other.url(), ordered), IsEmpty());
  EXPECT_THAT(set_up(other.url(), unordered),
              ElementsAre(HasSubstr("queue 'order.commands' exists with x-single-active-consumer = true")));
}

}  // namespace
}  // namespace waybill::topology_tests
