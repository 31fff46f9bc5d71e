#include "waybill/servers/test_virtual_host.hpp"

#include <gmock/gmock.h>

#include <memory>
#include <stdexcept>

#include "client.hpp"
#include "management.hpp"
#include "waybill/testkit/eventually.hpp"

namespace waybill::servers {
namespace {

using message::Address;
using message::Exchange;
using message::RoutingKey;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;
using testing::ThrowsMessage;
using testkit::eventually;

Address to_queue(const std::string& queue) { return {Exchange{}, RoutingKey{queue}}; }

bool exists(const TestVirtualHost& host) {
  const Management management(shared_broker().management_url);
  for (const auto& one : management.get(path({"vhosts"}))) {
    if (one.at("name") == host.name()) return true;
  }
  return false;
}

TEST(TestVirtualHost, is_empty_and_its_own) {
  const TestVirtualHost first;
  const TestVirtualHost second;
  first.declare_queue("orders");
  EXPECT_THAT(first.queues(), ElementsAre("orders"));
  EXPECT_THAT(second.queues(), IsEmpty());
}

TEST(TestVirtualHost, is_deleted_at_the_end_with_its_users) {
  const TestVirtualHost witness;
  std::string user;
  {
    TestVirtualHost host;
    user = host.name() + "-user";
    host.set_user(user, "x");
    EXPECT_TRUE(exists(host));
  }
  const Management management(shared_broker().management_url);
  EXPECT_THAT(management.get(path({"vhosts"})).dump(), Not(HasSubstr(user.substr(0, user.size() - 5))));
  EXPECT_THAT(management.get(path({"users"})).dump(), Not(HasSubstr(user)));
  EXPECT_TRUE(exists(witness));
}

TEST(TestVirtualHost, counts_what_is_in_a_quorum_queue_within_a_second) {
  const TestVirtualHost host;
  host.declare_queue("orders");
  EXPECT_TRUE(host.publish(to_queue("orders"), hello()));
  EXPECT_TRUE(host.publish(to_queue("orders"), hello()));
  EXPECT_TRUE(eventually([&] { return host.counts("orders") == QueueCounts{2, 0}; }));
  host.purge_queue("orders");
  EXPECT_TRUE(eventually([&] { return host.counts("orders").total() == 0; }));
  EXPECT_THAT([&] { host.counts("none"); }, ThrowsMessage<std::runtime_error>(HasSubstr("no queue 'none'")));
}

TEST(TestVirtualHost, publishes_and_takes_messages_whole_and_in_order) {
  const TestVirtualHost host;
  host.declare_queue("orders");
  auto full = hello(std::string("\0\xFF bytes", 8));
  full.message_id = "1";
  full.type = "shop.Order";
  full.app_id = "order";
  full.correlation_id = "o-1";
  full.reply_to = "order.replies";
  full.content_type = "application/json";
  full.timestamp_s = 1'700'000'000;
  full.headers = {{"count", std::int64_t{3}}, {"flag", true}, {"text", std::string("x")}};
  auto plain = hello("second");
  plain.persistent = false;
  EXPECT_TRUE(host.publish(to_queue("orders"), full));
  EXPECT_TRUE(host.publish(to_queue("orders"), plain));
  EXPECT_FALSE(host.publish(to_queue("nobody"), plain));
  EXPECT_THAT(host.take("orders", 1), ElementsAre(full));
  EXPECT_THAT(host.take("orders", 10), ElementsAre(plain));
  EXPECT_THAT(host.take("orders", 10), IsEmpty());
}

TEST(TestVirtualHost, binds_and_unbinds) {
  const TestVirtualHost host;
  host.declare_exchange("events", "topic");
  host.declare_queue("orders");
  const Binding binding{"events", "orders", "order.#"};
  host.bind(binding);
  host.bind({"events", "orders", "other"});
  EXPECT_THAT(host.bindings(), testing::UnorderedElementsAre(binding, Binding{"events", "orders", "other"}));
  EXPECT_TRUE(host.publish({Exchange{"events"}, RoutingKey{"order.placed"}}, hello()));
  host.unbind(binding);
  EXPECT_THAT(host.bindings(), SizeIs(1));
  EXPECT_FALSE(host.publish({Exchange{"events"}, RoutingKey{"order.placed"}}, hello()));
  host.delete_exchange("events");
  EXPECT_THAT(host.bindings(), IsEmpty());
  host.delete_queue("orders");
  EXPECT_THAT(host.queues(), IsEmpty());
}

TEST(TestVirtualHost, makes_what_definitions_describe_and_tells_what_it_has_as_such) {
  const TestVirtualHost host;
  const TestVirtualHost other;
  host.import_definitions(R"({"vhosts": [{"name": "/"}],
    "exchanges": [{"name": "events", "vhost": "/", "type": "topic", "durable": true, "auto_delete": false,
                   "internal": false, "arguments": {}}],
    "queues": [{"name": "orders", "vhost": "/", "durable": true, "auto_delete": false,
                "arguments": {"x-queue-type": "quorum", "x-message-ttl": 60000}}],
    "bindings": [{"source": "events", "vhost": "/", "destination": "orders", "destination_type": "queue",
                  "routing_key": "order.#", "arguments": {}}]})");
  EXPECT_THAT(host.queues(), ElementsAre("orders"));
  EXPECT_THAT(host.bindings(), ElementsAre(Binding{"events", "orders", "order.#"}));
  EXPECT_THAT(host.definitions(), testing::AllOf(HasSubstr("\"x-message-ttl\":60000"), HasSubstr("topic")));
  other.import_definitions(host.definitions());
  EXPECT_EQ(other.definitions(), host.definitions());
}

TEST(TestVirtualHost, refuses_definitions_that_the_broker_refuses) {
  const TestVirtualHost host;
  EXPECT_THAT(
      [&] {
        host.import_definitions(R"({"queues": [{"name": "q", "durable": true, "auto_delete": false,
                                                "arguments": {"x-queue-type": "nonsense"}}]})");
      },
      ThrowsMessage<std::runtime_error>(HasSubstr("answers 400")));
}

TEST(TestVirtualHost, publishes_messages_that_expire) {
  const TestVirtualHost host;
  host.declare_queue("late");
  host.declare_queue("orders", {{"x-dead-letter-exchange", std::string()},
                                {"x-dead-letter-routing-key", std::string("late")}});
  EXPECT_TRUE(host.publish_expiring(to_queue("orders"), hello(), std::chrono::milliseconds{10}));
  EXPECT_TRUE(eventually([&] { return host.counts("late").ready == 1; }));
}

TEST(TestVirtualHost, declares_queues_with_arguments_and_any_name) {
  const TestVirtualHost host;
  const std::string name = "a/b c%";
  host.declare_queue(name,
                     {{"x-queue-type", std::string("classic")}, {"x-message-ttl", std::int64_t{60'000}}});
  EXPECT_THAT(host.queues(), ElementsAre(name));
  EXPECT_THAT(
      [&] {
        host.declare_queue(name, {{"x-message-ttl", std::int64_t{1}}});
      },
      ThrowsMessage<std::runtime_error>(
          testing::AllOf(HasSubstr("answers 400"), HasSubstr("inequivalent arg"))));
  EXPECT_TRUE(host.publish(to_queue(name), hello()));
  EXPECT_EQ(host.counts(name), (QueueCounts{1, 0}));
}

TEST(TestVirtualHost, cuts_off_its_clients_and_nobody_elses) {
  const TestVirtualHost host;
  const TestVirtualHost other;
  host.declare_queue("orders");
  other.declare_queue("orders");
  const auto here = connect(host.url());
  const auto there = connect(other.url());
  ASSERT_TRUE(message::is_confirmed(send(*here, "orders")));
  ASSERT_TRUE(message::is_confirmed(send(*there, "orders")));
  ASSERT_TRUE(eventually([&] { return host.connections() == 1 && other.connections() == 1; }));
  EXPECT_EQ(host.close_connections(), 1U);
  EXPECT_TRUE(message::is_confirmed(send(*here, "orders")));  // on a connection made anew
  EXPECT_EQ(other.connections(), 1U);
}

TEST(TestVirtualHost, gives_a_user_the_rights_it_is_told_to) {
  TestVirtualHost host;
  host.declare_queue("orders");
  const auto user = host.name() + "-user";
  host.set_user(user, "old");
  host.set_user(user, "p/w:@");
  host.set_permissions(user, {"^$", "^$", ".*"});
  const auto reader = connect(host.url_as(user, "p/w:@"));
  EXPECT_FALSE(message::is_confirmed(send(*reader, "orders", std::chrono::seconds{1})));
  host.set_permissions(user, {"^$", ".*", "^$"});
  EXPECT_TRUE(message::is_confirmed(send(*connect(host.url_as(user, "p/w:@")), "orders")));
}

TEST(TestVirtualHost, may_be_deleted_and_made_anew) {
  const TestVirtualHost host;
  host.declare_queue("orders");
  host.remove();
  EXPECT_THAT([&] { host.queues(); }, ThrowsMessage<std::runtime_error>(HasSubstr("answers 404")));
  host.make();
  EXPECT_THAT(host.queues(), IsEmpty());
  host.declare_queue("orders");
  EXPECT_TRUE(message::is_confirmed(send(*connect(host.url()), "orders")));
}

TEST(TestVirtualHost, takes_no_more_connections_than_it_is_told_to) {
  const TestVirtualHost host;
  host.declare_queue("orders");
  host.limit_connections(0);
  EXPECT_FALSE(message::is_confirmed(send(*connect(host.url()), "orders", std::chrono::milliseconds{200})));
  host.limit_connections(1);
  EXPECT_TRUE(message::is_confirmed(send(*connect(host.url()), "orders")));
}

TEST(TestVirtualHost, on_a_broker_that_is_away_says_where_to_look) {
  EXPECT_THAT(
      [] {
        TestVirtualHost({"amqp://a:b@127.0.0.1:1/", "http://a:hidden@127.0.0.1:1"});
      },
      ThrowsMessage<std::runtime_error>(testing::AllOf(
          HasSubstr("127.0.0.1:1"), HasSubstr("scripts/stack status"), Not(HasSubstr("hidden")))));
}

}  // namespace
}  // namespace waybill::servers
