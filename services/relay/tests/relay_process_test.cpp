#include <gmock/gmock.h>
#include <signal.h>

#include <algorithm>

#include "raw_client.hpp"
#include "relay_fixture.hpp"
#include "waybill/testkit/eventually.hpp"

// The program as it is shipped, between real servers.

namespace waybill::relay::testing {
namespace {

class RelayProgram : public RelayFixture {};

TEST_F(RelayProgram, sends_the_outboxes_of_two_databases_and_ends_with_success_on_sigterm) {
  Consumer all(broker_, "all");
  const auto relay = start();
  for (int n = 0; n < 100; ++n) {
    order_.commit({event("order", "order:" + std::to_string(n))});
    payment_.commit({event("payment", "payment:" + std::to_string(n))});
  }
  EXPECT_TRUE(testkit::eventually([&] { return all.payloads().size() == 200; }));
  EXPECT_TRUE(testkit::eventually([&] { return order_.is_at_rest() && payment_.is_at_rest(); }));
  relay->send(SIGTERM);
  EXPECT_EQ(relay->wait(), 0);
}

TEST_F(RelayProgram, sends_what_is_there_before_it_ends) {
  Consumer all(broker_, "all");
  const auto relay = start();
  ASSERT_TRUE(testkit::eventually([&] { return leads_both(); }));
  std::vector<outbox::Message> messages;
  for (int n = 0; n < 1'000; ++n) {
    const auto key = "k" + std::to_string(n % 50);
    messages.push_back(event(key, key + ":" + std::to_string(n)));
  }
  order_.commit(messages);
  relay->send(SIGTERM);
  EXPECT_EQ(relay->wait(), 0);
  EXPECT_TRUE(order_.is_at_rest());
  EXPECT_TRUE(testkit::eventually([&] { return all.payloads().size() == 1'000; }));
}

TEST_F(RelayProgram, ends_in_its_time_when_there_is_no_broker) {
  const auto relay =
      start_with({{"WAYBILL_RABBITMQ_URL", "amqp://u:p@127.0.0.1:1/"}, {"WAYBILL_STOP_WITHIN", "500ms"}});
  order_.commit({event("k", "k:1")});
  ASSERT_TRUE(testkit::eventually([&] { return leads_both(); }));
  relay->send(SIGTERM);
  // On a busy machine the watchdog may be first.
  EXPECT_THAT(relay->wait(), ::testing::AnyOf(::testing::Optional(0), ::testing::Optional(1)));
  EXPECT_FALSE(order_.is_at_rest());
}

TEST_F(RelayProgram, declares_what_the_manifest_describes_when_it_is_to) {
  servers::TestVirtualHost empty;
  const auto relay =
      start_with({{"WAYBILL_RABBITMQ_URL", empty.url()}, {"WAYBILL_TOPOLOGY_MODE", "declare"}});
  EXPECT_TRUE(testkit::eventually([&] {
    return std::ranges::count(empty.bindings(), servers::Binding{"events", "other", ""}) == 1;
  }));
}

TEST_F(RelayProgram, refuses_to_begin_with_what_it_does_not_understand) {
  EXPECT_EQ(start_with({{"WAYBILL_POSTGRES_URL", "mysql://h/d"}})->wait(), 2);
  EXPECT_EQ(start_with({{"WAYBILL_TOPOLOGY_MANIFEST", "/nowhere/topology.json"}})->wait(), 2);
  EXPECT_EQ(start("relay.after_publish:x")->wait(), 2);
  EXPECT_EQ(servers::Program(RELAY_PROGRAM, {"--nonsense"}, environment()).wait(), 2);
  EXPECT_EQ(servers::Program(RELAY_PROGRAM, {"--help"}, {}).wait(), 0);
}

TEST_F(RelayProgram, tells_how_it_is_and_what_it_does) {
  const auto relay = start();
  const auto asked = [&](const std::string& path) {
    try {
      return http::testing::ask(admin_port_, http::testing::get(path));
    } catch (const std::system_error&) {
      return std::optional<http::testing::RawAnswer>();
    }
  };
  EXPECT_TRUE(testkit::eventually([&] {
    const auto answer = asked("/readyz");
    return answer && answer->status == 200;
  }));
  order_.commit({event("k", "k:1")});
  EXPECT_TRUE(testkit::eventually([&] {
    const auto answer = asked("/metrics");
    return answer && answer->body.find("waybill_outbox_published_total") != std::string::npos;
  }));
  EXPECT_EQ(asked("/livez")->status, 200);
}

TEST_F(RelayProgram, checks_its_servers) {
  const auto run = [&](const std::string& command) {
    return servers::Program(RELAY_PROGRAM, {command}, environment()).wait();
  };
  EXPECT_EQ(run("migrate"), 0);
  EXPECT_EQ(run("check"), 1) << "the dead letters' queues are not there";
  {
    const auto relay = start_with({{"WAYBILL_TOPOLOGY_MODE", "declare"}});
    ASSERT_TRUE(testkit::eventually([&] { return std::ranges::count(broker_.queues(), "stock.dlq") == 1; }));
  }
  EXPECT_EQ(run("check"), 0);
}

}  // namespace
}  // namespace waybill::relay::testing
