#include "waybill/amqp/definitions.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "written.hpp"

namespace waybill::amqp::tests {
namespace {

using nlohmann::json;
using testing::ElementsAre;
using testing::HasSubstr;

std::string definitions_text() {
  return rabbitmq_definitions(read_manifest(manifest_with(), "m.json").value().topology());
}

std::vector<std::string> names_in(const json& list) {
  std::vector<std::string> names;
  for (const auto& one : list) names.push_back(one.at("name"));
  return names;
}

TEST(Definitions, have_a_virtual_host_and_all_that_is_in_it) {
  const auto all = json::parse(definitions_text());
  EXPECT_EQ(all.at("vhosts"), json::parse(R"([{"name": "/"}])"));
  EXPECT_THAT(names_in(all.at("exchanges")), ElementsAre("retry", "dlx", "commands", "events", "news"));
  EXPECT_THAT(names_in(all.at("queues")), ElementsAre("a.commands", "a.commands.dlq", "a.events",
                                                      "a.events.dlq", "b.news", "b.news.dlq"));
  EXPECT_EQ(all.at("bindings").size(), 9U);
}

TEST(Definitions, describe_each_thing_as_rabbitmq_does) {
  const auto all = json::parse(definitions_text());
  EXPECT_EQ(all.at("exchanges").at(4), json::parse(R"({"name": "news", "vhost": "/", "type": "topic",
    "durable": true, "auto_delete": false, "internal": false, "arguments": {}})"));
  EXPECT_EQ(all.at("queues").at(0), json::parse(R"({"name": "a.commands", "vhost": "/", "durable": true,
    "auto_delete": false, "arguments": {"x-queue-type": "quorum", "x-dead-letter-exchange": "dlx",
    "x-dead-letter-routing-key": "a.commands.dlq", "x-dead-letter-strategy": "at-least-once",
    "x-overflow": "reject-publish", "x-message-ttl": 86400000}})"));
  EXPECT_EQ(all.at("bindings").at(0), json::parse(R"({"source": "commands", "vhost": "/",
    "destination": "a.commands", "destination_type": "queue", "routing_key": "a", "arguments": {}})"));
}

// What is in a repository is read by anybody.
TEST(Definitions, hold_no_users_and_nothing_secret) {
  const auto all = json::parse(definitions_text());
  EXPECT_EQ(all.size(), 4U);
  EXPECT_FALSE(all.contains("users"));
  EXPECT_FALSE(all.contains("permissions"));
}

TEST(Definitions, read_line_by_line_in_a_difference) {
  EXPECT_THAT(definitions_text(), HasSubstr(R"({
      "source": "events",
      "vhost": "/",
      "destination": "a.events",
      "destination_type": "queue",
      "routing_key": "",
      "arguments": {}
    },
)"));
  EXPECT_TRUE(definitions_text().ends_with("\n}\n"));
  EXPECT_EQ(definitions_text(), definitions_text());
}

TEST(Definitions, are_for_any_virtual_host) {
  const auto all = json::parse(rabbitmq_definitions({.exchanges = {{message::Exchange{"e"}}}}, "shop"));
  EXPECT_EQ(all.at("vhosts"), json::parse(R"([{"name": "shop"}])"));
  EXPECT_EQ(all.at("exchanges").at(0).at("vhost"), "shop");
  EXPECT_EQ(all.at("queues"), json::array());
}

}  // namespace
}  // namespace waybill::amqp::tests
