#include "waybill/runtime/configuration.hpp"

#include <gtest/gtest.h>

#include "scratch_file.hpp"
#include "waybill/runtime/thread.hpp"

namespace waybill::runtime {
namespace {

using namespace std::chrono_literals;

const Setting<Url> url{"postgres.url", form::url({"postgresql"}), "The database"};
const Setting<std::size_t> pool_size =
    Setting{"postgres.pool_size", form::integer<std::size_t>(1, 64), "Its connections"}.by_default("8");
const Setting<std::string> api_key =
    Setting{"sms.api_key", form::text(), "The key"}.secret().by_default("none-yet");
const Setting<std::optional<HostPort>> proxy = Setting{"sms.proxy", form::host_port(), "A proxy"}.optional();
const Setting<std::vector<std::string>> channels =
    Setting{"sms.channels", form::list_of(form::text()), "Channels"}.by_default("email,sms");

Schema schema() {
  return {Section{"PostgreSQL", {url, pool_size}}, Section{"SMS", {api_key, proxy, channels}}};
}

Sources sources(std::map<std::string, std::string> environment) {
  environment.emplace("WAYBILL_POSTGRES_URL", "postgresql://u:s3cret@db/orders");
  return {.file = std::nullopt, .environment = std::move(environment)};
}

Sources with_file(const ScratchFile& file, std::map<std::string, std::string> environment = {}) {
  return {.file = Sources::File{file.path(), "--config"}, .environment = std::move(environment)};
}

TEST(Configuration, holds_defaults_where_nothing_is_given) {
  const Configuration configuration = load(schema(), sources({})).value();
  EXPECT_EQ(configuration[pool_size], 8U);
  EXPECT_EQ(configuration[channels], (std::vector<std::string>{"email", "sms"}));
  EXPECT_FALSE(configuration[proxy].has_value());
  EXPECT_EQ(configuration[url].password, "s3cret");
}

TEST(Configuration, prefers_the_file_to_the_default_and_the_environment_to_the_file) {
  const ScratchFile file(
      R"({"postgres": {"url": "postgresql://from-file", "pool_size": 16}, "sms.channels": ["push"]})");
  const Configuration from_file = load(schema(), with_file(file)).value();
  EXPECT_EQ(from_file[pool_size], 16U);
  EXPECT_EQ(from_file[url].host().name, "from-file");
  EXPECT_EQ(from_file[channels], std::vector<std::string>{"push"});

  const Configuration both = load(schema(), with_file(file, {{"WAYBILL_POSTGRES_POOL_SIZE", "32"}})).value();
  EXPECT_EQ(both[pool_size], 32U);
  EXPECT_EQ(both[url].host().name, "from-file");
}

TEST(Configuration, reads_a_secret_from_the_file_that_is_named_and_cuts_its_line_break) {
  for (const char* content : {"k3y", "k3y\n", "k3y\r\n"}) {
    const ScratchFile secret(content);
    const auto configuration = load(schema(), sources({{"WAYBILL_SMS_API_KEY_FILE", secret.path()}})).value();
    EXPECT_EQ(configuration[api_key], "k3y");
  }
  const ScratchFile two_lines("k3y\n\n");
  EXPECT_EQ(load(schema(), sources({{"WAYBILL_SMS_API_KEY_FILE", two_lines.path()}})).value()[api_key],
            "k3y\n");
}

TEST(Configuration, takes_a_url_from_a_secret_file_too) {
  const ScratchFile secret("postgresql://u:other@elsewhere\n");
  const Sources from_file{.file = std::nullopt,
                          .environment = {{"WAYBILL_POSTGRES_URL_FILE", secret.path()}}};
  EXPECT_EQ(load(schema(), from_file).value()[url].password, "other");
}

TEST(Configuration, leaves_variables_alone_that_belong_to_somebody_else) {
  Schema with_other = schema();
  with_other.ignore("WAYBILL_RABBITMQ_*").ignore("WAYBILL_ORDER");
  const std::map<std::string, std::string> others{
      {"WAYBILL_CONFIG", "x"},       {"WAYBILL_CRASH_AT", "relay.x"}, {"WAYBILL_STACK_PORT", "1"},
      {"WAYBILL_RABBITMQ_URL", "y"}, {"WAYBILL_ORDER", "z"},          {"PATH", "/bin"}};
  EXPECT_TRUE(load(with_other, sources(others)).has_value());
  EXPECT_TRUE(load(with_other, sources({{"WAYBILL_ORDERS", "z"}})).has_error());
  EXPECT_TRUE(load(with_other, sources({{"WAYBILL_CONFIGURATION", "z"}})).has_error());
}

TEST(Configuration, shows_each_value_with_its_source_and_no_secret) {
  const ScratchFile file("{\"postgres\": {\n\"pool_size\": 16}}");
  const ScratchFile secret("k3y");
  const auto given = with_file(file, {{"WAYBILL_POSTGRES_URL", "postgresql://u:s3cret@db/orders"},
                                      {"WAYBILL_SMS_API_KEY_FILE", secret.path()}});
  const Configuration configuration = load(schema(), given).value();
  EXPECT_EQ(configuration.to_table(),
            "NAME                VALUE                              SOURCE\n"
            "postgres.pool_size  16                                 file " +
                file.path() +
                ":2\n"
                "postgres.url        postgresql://u:********@db/orders  environment WAYBILL_POSTGRES_URL\n"
                "sms.api_key         ********                           secret file " +
                secret.path() +
                " (WAYBILL_SMS_API_KEY_FILE)\n"
                "sms.channels        email,sms                          default\n"
                "sms.proxy           (not set)                          default\n");
}

TEST(Configuration, shows_the_same_as_json) {
  EXPECT_EQ(load(Schema{Section{"SMS", {api_key, proxy}}},
                 {.file = {}, .environment = {{"WAYBILL_SMS_API_KEY", "k3y"}}})
                .value()
                .to_json(),
            R"({
  "sms.api_key": {
    "from": "WAYBILL_SMS_API_KEY",
    "source": "environment",
    "value": "********"
  },
  "sms.proxy": {
    "source": "default",
    "value": null
  }
}
)");
}

TEST(Configuration, masks_a_secret_default_and_keeps_a_table_of_lines) {
  const Setting<std::string> motto{"motto", form::text(), "Any text"};
  const auto configuration = load(Schema{Section{"x", {api_key, motto}}},
                                  {.file = {}, .environment = {{"WAYBILL_MOTTO", "a\nb\x1b[2J"}}})
                                 .value();
  EXPECT_EQ(configuration.to_table(),
            "NAME         VALUE     SOURCE\n"
            "motto        a?b?[2J   environment WAYBILL_MOTTO\n"
            "sms.api_key  ********  default\n");
}

TEST(Configuration, masks_the_password_of_every_url_in_a_list) {
  const Setting<std::vector<Url>> nodes{"rabbitmq.urls", form::list_of(form::url({"amqp"})), "The nodes"};
  const auto configuration =
      load(Schema{Section{"x", {nodes}}},
           {.file = {}, .environment = {{"WAYBILL_RABBITMQ_URLS", "amqp://u:s3cret@a, amqp://u:s3cret@b"}}})
          .value();
  EXPECT_EQ(configuration[nodes].size(), 2U);
  EXPECT_EQ(configuration.to_table(),
            "NAME           VALUE                                    SOURCE\n"
            "rabbitmq.urls  amqp://u:********@a,amqp://u:********@b  environment WAYBILL_RABBITMQ_URLS\n");
}

TEST(Configuration, may_be_read_by_any_thread) {
  const Configuration configuration = load(schema(), sources({})).value();
  std::vector<Thread> readers;
  readers.reserve(4);
  for (int i = 0; i < 4; ++i) {
    readers.emplace_back("reader", [configuration] {
      for (int round = 0; round < 100; ++round) ASSERT_EQ(configuration[pool_size], 8U);
    });
  }
}

using ConfigurationDeathTest = testing::Test;

TEST(ConfigurationDeathTest, a_setting_that_was_not_in_the_schema_is_a_bug) {
  const Configuration configuration = load(Schema{}, Sources{}).value();
  EXPECT_DEATH(configuration[pool_size], "setting 'postgres.pool_size' is not in the schema");
}

}  // namespace
}  // namespace waybill::runtime
