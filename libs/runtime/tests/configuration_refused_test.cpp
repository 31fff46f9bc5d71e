#include <gtest/gtest.h>

#include "scratch_file.hpp"
#include "waybill/runtime/configuration.hpp"

namespace waybill::runtime {
namespace {

using namespace std::chrono_literals;

Schema strict_schema() {
  static const Setting<Url> url{"postgres.url", form::url({"postgresql"}), "The database"};
  static const Setting<std::chrono::milliseconds> timeout =
      Setting{"postgres.statement_timeout", form::duration(1ms, 1h), "A limit"}.by_default("10s");
  static const Setting<std::string> api_key =
      Setting{"sms.api_key", form::text(), "The key"}.secret().by_default("none-yet");
  static const Setting<std::size_t> pin =
      Setting{"sms.pin", form::integer<std::size_t>(1, 9999), "A pin"}.secret().by_default("1");
  static const Setting<std::vector<HostPort>> nodes =
      Setting{"rabbitmq.nodes", form::list_of(form::host_port()), "The nodes"}.by_default("a:1");
  return {Section{"PostgreSQL", {url, timeout}}, Section{"Others", {api_key, pin, nodes}}};
}

constexpr const char* good_url = "postgresql://u:s3cret@db";

std::vector<std::string> problems_of(const Sources& sources) {
  const auto loaded = load(strict_schema(), sources);
  return loaded ? std::vector<std::string>{} : loaded.error().lines;
}

using Environment = std::map<std::string, std::string>;

std::string problem_in(Environment environment) {
  environment.emplace("WAYBILL_POSTGRES_URL", good_url);
  const auto problems = problems_of({.file = std::nullopt, .environment = environment});
  return problems.size() == 1 ? problems.front() : std::to_string(problems.size()) + " problems";
}

std::string problem_in_file(const ScratchFile& file) {
  const auto problems = problems_of(
      {.file = Sources::File{file.path(), "--config"}, .environment = {{"WAYBILL_POSTGRES_URL", good_url}}});
  return problems.size() == 1 ? problems.front() : std::to_string(problems.size()) + " problems";
}

TEST(ConfigurationRefused, names_a_malformed_variable_its_value_and_what_is_accepted) {
  EXPECT_EQ(problem_in({{"WAYBILL_POSTGRES_STATEMENT_TIMEOUT", "10"}}),
            "WAYBILL_POSTGRES_STATEMENT_TIMEOUT: postgres.statement_timeout is \"10\", which has no unit; "
            "set it to a "
            "duration from 1ms to 1h, a whole number with its unit (ms, s, m, h, d)");
}

TEST(ConfigurationRefused, names_the_line_of_a_malformed_value_in_the_file) {
  const ScratchFile file("{\n  \"postgres\": {\n    \"statement_timeout\": \"2d\"\n  }\n}");
  EXPECT_EQ(
      problem_in_file(file),
      file.path() +
          ":3: postgres.statement_timeout is \"2d\", which is more than 1h; set it to a duration from 1ms to "
          "1h, a whole number with its unit (ms, s, m, h, d)");
}

// A password with a mistake in it is still a password.
TEST(ConfigurationRefused, never_shows_a_malformed_secret) {
  EXPECT_EQ(problem_in({{"WAYBILL_SMS_PIN", "s3cret"}}),
            "WAYBILL_SMS_PIN: sms.pin has a value, not shown here, that is not a whole number; set it to a "
            "whole number "
            "from 1 to 9999");
  EXPECT_EQ(problem_in({{"WAYBILL_POSTGRES_URL", "postgresql://u:s3cret@db:x"}}),
            "WAYBILL_POSTGRES_URL: postgres.url has a value, not shown here, that has a port that is not a "
            "number from 1 to "
            "65535; set it to a URL such as postgresql://user:password@host:port/path");
  const ScratchFile secret("s3cret\n");
  EXPECT_EQ(
      problem_in({{"WAYBILL_SMS_PIN_FILE", secret.path()}}),
      secret.path() +
          " (WAYBILL_SMS_PIN_FILE): sms.pin has a value, not shown here, that is not a whole number; set it "
          "to a whole number from 1 to 9999");
}

// Somebody pastes a whole URL where a host belongs.
TEST(ConfigurationRefused, never_shows_a_value_that_may_contain_a_password_in_a_wrong_place) {
  EXPECT_EQ(problem_in({{"WAYBILL_RABBITMQ_NODES", "amqp://u:s3cret@rabbit:5672"}}),
            "WAYBILL_RABBITMQ_NODES: rabbitmq.nodes has a value, not shown here, that has an item that has "
            "an IPv6 address "
            "without brackets around it; set it to a list, separated by commas, of which each is host:port, "
            "such as "
            "db.example.com:5432 or [::1]:5432");
}

TEST(ConfigurationRefused, shows_a_long_or_unprintable_value_cut_and_on_one_line) {
  EXPECT_EQ(problem_in({{"WAYBILL_POSTGRES_STATEMENT_TIMEOUT", "a\nb\x1b" + std::string(100, 'c')}}),
            "WAYBILL_POSTGRES_STATEMENT_TIMEOUT: postgres.statement_timeout is \"a?b?" +
                std::string(56, 'c') +
                "…\", which does not begin with a whole number; set it to a duration from 1ms to 1h, a whole "
                "number with its "
                "unit (ms, s, m, h, d)");
}

TEST(ConfigurationRefused, says_that_a_required_setting_is_missing_and_how_to_set_it) {
  EXPECT_EQ(problems_of({}),
            std::vector<std::string>{
                "WAYBILL_POSTGRES_URL: postgres.url is required and not set; set WAYBILL_POSTGRES_URL, or "
                "WAYBILL_POSTGRES_URL_FILE to a file that holds it, to a URL such as "
                "postgresql://user:password@host:port/path"});
}

TEST(ConfigurationRefused, refuses_an_unknown_variable_and_suggests_the_one_that_was_meant) {
  EXPECT_EQ(problem_in({{"WAYBILL_POSTGRES_ULR", "s3cret"}}),
            "WAYBILL_POSTGRES_ULR: there is no such setting; did you mean WAYBILL_POSTGRES_URL?");
  EXPECT_EQ(problem_in({{"WAYBILL_SMS_APIKEY_FILE", "/x"}}),
            "WAYBILL_SMS_APIKEY_FILE: there is no such setting; did you mean WAYBILL_SMS_API_KEY_FILE?");
  EXPECT_EQ(problem_in({{"WAYBILL_KAFKA_BROKERS", "s3cret"}}),
            "WAYBILL_KAFKA_BROKERS: there is no such setting; unset it");
}

TEST(ConfigurationRefused, refuses_an_unknown_setting_of_the_file_and_suggests_the_one_that_was_meant) {
  const ScratchFile near(R"({"postgres": {"statement_timeuot": "s3cret"}})");
  EXPECT_EQ(problem_in_file(near), near.path() +
                                       ":1: there is no setting 'postgres.statement_timeuot'; did you mean "
                                       "postgres.statement_timeout?");
  const ScratchFile far(R"({"kafka": "s3cret"})");
  EXPECT_EQ(problem_in_file(far), far.path() + ":1: there is no setting 'kafka'; remove it");
}

TEST(ConfigurationRefused, keeps_a_problem_on_one_line_whatever_the_name_holds) {
  const ScratchFile file(R"({"a\u001b[2J\nb": 1, "c\n": null})");
  const auto problems =
      problems_of({.file = Sources::File{file.path(), "--config"},
                   .environment = {{"WAYBILL_POSTGRES_URL", good_url}, {"WAYBILL_\n", "x"}}});
  EXPECT_EQ(problems, (std::vector<std::string>{
                          file.path() + ":1: there is no setting 'a?[2J?b'; remove it",
                          file.path() + ":1: c? has no value: null is not one; leave the setting out instead",
                          "WAYBILL_?: there is no such setting; unset it"}));
}

TEST(ConfigurationRefused, refuses_a_secret_given_twice) {
  EXPECT_EQ(problem_in({{"WAYBILL_SMS_API_KEY", "s3cret"}, {"WAYBILL_SMS_API_KEY_FILE", "/x"}}),
            "WAYBILL_SMS_API_KEY and WAYBILL_SMS_API_KEY_FILE: both are set, and sms.api_key has one value; "
            "unset one of the "
            "two");
}

TEST(ConfigurationRefused, reads_only_secrets_from_files) {
  EXPECT_EQ(problem_in({{"WAYBILL_POSTGRES_STATEMENT_TIMEOUT_FILE", "/x"}}),
            "WAYBILL_POSTGRES_STATEMENT_TIMEOUT_FILE: only secrets are read from files; set "
            "WAYBILL_POSTGRES_STATEMENT_TIMEOUT to the value itself");
}

TEST(ConfigurationRefused, says_why_a_secret_file_cannot_be_read) {
  EXPECT_EQ(problem_in({{"WAYBILL_SMS_API_KEY_FILE", "/nowhere/key"}}),
            "WAYBILL_SMS_API_KEY_FILE: the secret file '/nowhere/key' cannot be read: No such file or "
            "directory; name a file "
            "that holds nothing but sms.api_key");
  EXPECT_EQ(problem_in({{"WAYBILL_SMS_API_KEY_FILE", "/"}}),
            "WAYBILL_SMS_API_KEY_FILE: the secret file '/' cannot be read: Is a directory; name a file that "
            "holds nothing "
            "but sms.api_key");
  const ScratchFile large(std::string((1 << 16) + 1, 's'));
  EXPECT_EQ(
      problem_in({{"WAYBILL_SMS_API_KEY_FILE", large.path()}}),
      "WAYBILL_SMS_API_KEY_FILE: the secret file '" + large.path() +
          "' is larger than the 65536 bytes that are read of such a file; name a file that holds nothing but "
          "sms.api_key");
  const ScratchFile empty("\n");
  EXPECT_EQ(
      problem_in({{"WAYBILL_SMS_API_KEY_FILE", empty.path()}}),
      empty.path() +
          " (WAYBILL_SMS_API_KEY_FILE): sms.api_key has a value, not shown here, that is empty; set it to a "
          "text that is not empty");
}

TEST(ConfigurationRefused, says_why_the_configuration_file_cannot_be_read) {
  const auto problems =
      problems_of({.file = Sources::File{"/nowhere/w.json", "WAYBILL_CONFIG"}, .environment = {}});
  EXPECT_EQ(problems,
            std::vector<std::string>{
                "WAYBILL_CONFIG: the configuration file '/nowhere/w.json' cannot be read: No such file or "
                "directory; name a file that is there and may be read"});
}

// What the rest of a broken file would have set is not missing.
TEST(ConfigurationRefused, calls_nothing_missing_that_a_broken_file_may_have_held) {
  const ScratchFile broken("{\"sms\": ");
  const auto problems = problems_of({.file = Sources::File{broken.path(), "--config"}, .environment = {}});
  EXPECT_EQ(problems, std::vector<std::string>{broken.path() +
                                               ":1: the file is not valid JSON at column 9; mend it there: "
                                               "the rest was not read"});
}

// A value that is overridden today is the one that counts on the day the override is gone.
TEST(ConfigurationRefused, refuses_a_malformed_value_that_another_source_overrides) {
  const ScratchFile file(R"({"postgres.url": "s3cret"})");
  EXPECT_EQ(
      problem_in_file(file),
      file.path() +
          ":1: postgres.url has a value, not shown here, that has no scheme://; set it to a URL such as "
          "postgresql://user:password@host:port/path");
}

TEST(ConfigurationRefused, tells_all_problems_at_once) {
  const ScratchFile file(R"({"postgres.url": ["s3cret"], "kafka": 1})");
  const Sources sources{.file = Sources::File{file.path(), "--config"},
                        .environment = {{"WAYBILL_SMS_PIN", "s3cret"}, {"WAYBILL_X", "s3cret"}}};
  const std::string text = load(strict_schema(), sources).error().to_string();
  EXPECT_EQ(text, "the configuration has 4 problems:\n  " + file.path() +
                      ":1: postgres.url has a value, not shown here, that is a list; set it to a URL such as "
                      "postgresql://user:password@host:port/path\n  " +
                      file.path() +
                      ":1: there is no setting 'kafka'; remove it\n"
                      "  WAYBILL_SMS_PIN: sms.pin has a value, not shown here, that is not a whole number; "
                      "set it to a whole "
                      "number from 1 to 9999\n"
                      "  WAYBILL_X: there is no such setting; unset it");
}

TEST(ConfigurationRefused, is_thrown_by_those_who_ask_for_the_value) {
  try {
    load(strict_schema(), Sources{}).value();
    FAIL() << "postgres.url is required";
  } catch (const ConfigurationRefused& refused) {
    EXPECT_EQ(refused.problems().lines.size(), 1U);
    EXPECT_TRUE(std::string_view(refused.what())
                    .starts_with("the configuration has 1 problem:\n  WAYBILL_POSTGRES_URL:"));
  }
}

}  // namespace
}  // namespace waybill::runtime
