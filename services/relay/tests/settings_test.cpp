#include "settings.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

// What the process takes from its configuration, and what it refuses to begin with.

namespace waybill::relay {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using Environment = std::map<std::string, std::string>;

Settings settings_from(const Environment& environment) {
  return settings_of(runtime::load(schema(), {.file = {}, .environment = environment}).value());
}

std::string refusal_of(const Environment& environment) {
  try {
    settings_from(environment);
  } catch (const runtime::ConfigurationRefused& refusal) {
    return refusal.what();
  }
  return "";
}

const Environment least{{"WAYBILL_POSTGRES_URL", "postgresql://u:p@h/order,postgresql://u:p@h/payment"},
                        {"WAYBILL_RABBITMQ_URL", "amqp://u:p@one/shop,amqp://u:p@two/shop"}};

TEST(RelaySettings, name_each_outbox_after_its_database) {
  const auto settings = settings_from(least);
  ASSERT_EQ(settings.outboxes.size(), 2U);
  EXPECT_EQ(settings.outboxes[0].name, "order");
  EXPECT_EQ(settings.outboxes[1].name, "payment");
  EXPECT_EQ(settings.broker.broker.endpoints.size(), 2U);
  EXPECT_FALSE(settings.broker.management);
}

TEST(RelaySettings, look_for_bindings_in_the_brokers_virtual_host) {
  auto environment = least;
  environment["WAYBILL_RABBITMQ_MANAGEMENT_URL"] = "http://u:p@one:15672";
  environment["WAYBILL_TOPOLOGY_MANIFEST"] = "topology.json";
  const auto settings = settings_from(environment);
  ASSERT_TRUE(settings.broker.management);
  EXPECT_EQ(settings.broker.management->virtual_host, "shop");
}

TEST(RelaySettings, name_the_files_of_tls_for_the_broker_and_its_management) {
  auto environment = least;
  environment["WAYBILL_RABBITMQ_URL"] = "amqps://u:p@one/shop";
  environment["WAYBILL_RABBITMQ_MANAGEMENT_URL"] = "https://u:p@one:15671";
  environment["WAYBILL_TOPOLOGY_MANIFEST"] = "topology.json";
  environment["WAYBILL_RABBITMQ_TLS_AUTHORITY"] = "ca.pem";
  environment["WAYBILL_RABBITMQ_TLS_CERTIFICATE"] = "relay.pem";
  environment["WAYBILL_RABBITMQ_TLS_KEY"] = "relay.key";
  const auto settings = settings_from(environment);
  EXPECT_EQ(settings.broker.broker.tls.authority, "ca.pem");
  EXPECT_EQ(settings.broker.broker.tls.certificate, "relay.pem");
  EXPECT_EQ(settings.broker.broker.tls.key, "relay.key");
  EXPECT_EQ(settings.broker.management->tls.authority, "ca.pem");
  EXPECT_EQ(settings.broker.management->tls.key, "relay.key");
}

TEST(RelaySettings, that_contradict_each_other_are_refused) {
  auto environment = least;
  environment["WAYBILL_TOPOLOGY_MODE"] = "declare";
  EXPECT_THAT(refusal_of(environment), HasSubstr("needs a topology.manifest"));
  environment = least;
  environment["WAYBILL_RABBITMQ_MANAGEMENT_URL"] = "http://u:p@one:15672";
  EXPECT_THAT(refusal_of(environment), HasSubstr("with a topology.manifest only"));
  environment = least;
  environment["WAYBILL_POSTGRES_URL"] = "postgresql://a/order,postgresql://b/order";
  EXPECT_THAT(refusal_of(environment), HasSubstr("two databases called 'order'"));
  environment = least;
  environment["WAYBILL_RABBITMQ_TLS_AUTHORITY"] = "ca.pem";
  EXPECT_THAT(refusal_of(environment), HasSubstr("begins with amqps:// only"));
  environment["WAYBILL_RABBITMQ_TLS_CERTIFICATE"] = "relay.pem";
  EXPECT_THAT(refusal_of(environment), HasSubstr("set both, or neither"));
  environment["WAYBILL_POSTGRES_URL"] = "";
  EXPECT_THAT(refusal_of(environment), HasSubstr("names no database"));
}

TEST(RelaySettings, show_no_password) {
  auto environment = least;
  environment["WAYBILL_POSTGRES_URL"] = "postgresql://u:hidden@h/order";
  const auto configuration = runtime::load(schema(), {.file = {}, .environment = environment}).value();
  EXPECT_THAT(configuration.to_table(), Not(HasSubstr("hidden")));
}

}  // namespace
}  // namespace waybill::relay
