#include "waybill/runtime/schema.hpp"

#include <gtest/gtest.h>

namespace waybill::runtime {
namespace {

using namespace std::chrono_literals;

const Setting<std::chrono::milliseconds> timeout =
    Setting{"postgres.statement_timeout", form::duration(1ms, 1h), "How long a statement may take"}
        .by_default("10s");

TEST(Setting, is_named_in_the_environment_after_its_name) {
  EXPECT_EQ(timeout.declaration().environment_name(), "WAYBILL_POSTGRES_STATEMENT_TIMEOUT");
}

TEST(Schema, describes_its_settings) {
  const Setting<Url> url{"postgres.url", form::url({"postgresql"}), "The database"};
  const auto proxy = Setting{"http.proxy", form::host_port(), "A proxy"}.optional();
  const auto key = Setting{"http.key", form::text(), "A key"}.secret().by_default("k3y");
  EXPECT_EQ((Schema{Section{"PostgreSQL", {url, timeout}}, Section{"HTTP", {proxy, key}}}.describe()),
            "PostgreSQL\n"
            "  postgres.url (required)\n"
            "      The database\n"
            "      a URL such as postgresql://user:password@host:port/path\n"
            "      WAYBILL_POSTGRES_URL[_FILE]\n"
            "  postgres.statement_timeout (default: 10s)\n"
            "      How long a statement may take\n"
            "      a duration from 1ms to 1h, a whole number with its unit (ms, s, m, h, d)\n"
            "      WAYBILL_POSTGRES_STATEMENT_TIMEOUT\n"
            "\n"
            "HTTP\n"
            "  http.proxy (may be left out)\n"
            "      A proxy\n"
            "      host:port, such as db.example.com:5432 or [::1]:5432\n"
            "      WAYBILL_HTTP_PROXY\n"
            "  http.key (default: ********)\n"
            "      A key\n"
            "      a text that is not empty\n"
            "      WAYBILL_HTTP_KEY[_FILE]\n");
}

using SchemaDeathTest = testing::Test;

TEST(SchemaDeathTest, two_settings_that_cannot_be_told_apart_are_a_bug) {
  const Setting<std::string> dotted{"http.max.body", form::text(), "x"};
  const Setting<std::string> joined{"http.max_body", form::text(), "x"};
  const auto secret = Setting{"http.key", form::text(), "x"}.secret();
  const Setting<std::string> file{"http.key_file", form::text(), "x"};
  EXPECT_DEATH((Schema{Section{"x", {dotted, dotted}}}), "setting 'http.max.body' is declared twice");
  EXPECT_DEATH((Schema{Section{"x", {dotted}}, Section{"y", {joined}}}),
               "are both given by WAYBILL_HTTP_MAX_BODY");
  EXPECT_DEATH((Schema{Section{"x", {secret, file}}}), "are both given by WAYBILL_HTTP_KEY_FILE");
}

TEST(SchemaDeathTest, a_malformed_name_or_default_is_a_bug) {
  for (const char* name : {"", "Http.port", "http..port", ".port", "http.", "http-port"}) {
    EXPECT_DEATH(Setting(name, form::text(), "x"), "joined by dots") << name;
  }
  EXPECT_DEATH(Setting("http.port", form::integer<int>(1, 9), "x").by_default("10"),
               "its default is more than 9");
  EXPECT_DEATH(Setting("http.port", form::text(), ""), "say what it is for");
}

}  // namespace
}  // namespace waybill::runtime
