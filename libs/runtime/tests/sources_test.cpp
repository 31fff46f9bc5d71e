#include "waybill/runtime/sources.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "waybill/runtime/configuration.hpp"
#include "waybill/runtime/form.hpp"

namespace waybill::runtime {
namespace {

/// Sets a variable of this process for the time of a test.
class Variable {
 public:
  Variable(const char* name, const char* value) : name_(name) { ::setenv(name, value, 1); }
  ~Variable() { ::unsetenv(name_); }
  Variable(const Variable&) = delete;
  Variable& operator=(const Variable&) = delete;

 private:
  const char* name_;
};

/// Which file the sources name, and what named it.
std::string file_of(std::vector<std::string>& arguments) {
  const auto file = sources_of_process(arguments).value().file;
  return file ? file->path + " by " + file->given_by : "none";
}

TEST(Sources, hold_the_environment_with_equals_signs_in_its_values) {
  const Variable variable("WAYBILL_POSTGRES_URL", "postgresql://db?a=b");
  std::vector<std::string> arguments;
  const auto sources = sources_of_process(arguments).value();
  EXPECT_EQ(sources.environment.at("WAYBILL_POSTGRES_URL"), "postgresql://db?a=b");
  EXPECT_FALSE(sources.file.has_value());
}

TEST(Sources, take_the_configuration_file_out_of_the_arguments) {
  for (auto arguments : {std::vector<std::string>{"config", "--config", "/etc/w.json", "show"},
                         std::vector<std::string>{"config", "--config=/etc/w.json", "show"}}) {
    EXPECT_EQ(file_of(arguments), "/etc/w.json by --config");
    EXPECT_EQ(arguments, (std::vector<std::string>{"config", "show"}));
  }
}

TEST(Sources, prefer_the_argument_to_the_variable) {
  const Variable variable("WAYBILL_CONFIG", "/etc/variable.json");
  std::vector<std::string> none;
  EXPECT_EQ(file_of(none), "/etc/variable.json by WAYBILL_CONFIG");
  std::vector<std::string> arguments{"--config", "/etc/argument.json"};
  EXPECT_EQ(file_of(arguments), "/etc/argument.json by --config");
}

TEST(Sources, refuse_an_option_that_names_no_file) {
  std::vector<std::string> arguments{"--config"};
  EXPECT_EQ(sources_of_process(arguments).error().lines,
            std::vector<std::string>{"--config: names no file; write --config FILE"});
}

const Setting<std::vector<std::string>> workers =
    Setting<std::vector<std::string>>{"notification.workers", form::list_of(form::text()), "Which run"}
        .as_option("workers")
        .by_default("all");

/// Of these arguments alone, and of no variable but those given: the test's own environment has others.
Sources sources_of(std::vector<std::string>& arguments, const Schema& schema,
                   std::map<std::string, std::string> environment = {}) {
  auto sources = sources_of_process(arguments, schema).value();
  sources.environment = std::move(environment);
  return sources;
}

TEST(Sources, take_the_options_of_settings_out_of_the_arguments) {
  const Schema schema{{"Notifications", {workers}}};
  for (auto arguments : {std::vector<std::string>{"run", "--workers", "email,sms"},
                         std::vector<std::string>{"--workers=push", "run", "--workers=email,sms"}}) {
    const auto sources = sources_of(arguments, schema);
    EXPECT_EQ(arguments, std::vector<std::string>{"run"});
    const auto configuration = load(schema, sources).value();
    EXPECT_EQ(configuration[workers], (std::vector<std::string>{"email", "sms"}));
    EXPECT_EQ(configuration.origin_of(workers).to_string(), "option --workers");
  }
}

TEST(Sources, prefer_an_option_to_its_variable) {
  const Schema schema{{"Notifications", {workers}}};
  std::vector<std::string> arguments{"--workers=email"};
  const auto sources = sources_of(arguments, schema, {{"WAYBILL_NOTIFICATION_WORKERS", "push"}});
  EXPECT_EQ(load(schema, sources).value()[workers], std::vector<std::string>{"email"});
}

TEST(Sources, refuse_an_option_without_a_value) {
  const Schema schema{{"Notifications", {workers}}};
  std::vector<std::string> arguments{"run", "--workers"};
  EXPECT_EQ(sources_of_process(arguments, schema).error().lines.front().substr(0, 23),
            "--workers: has no value");
}

TEST(Sources, say_where_an_options_value_is_wrong) {
  const auto count = Setting<std::int64_t>{"count", form::integer<std::int64_t>(1, 9), "How many"}
                         .as_option("count")
                         .by_default("1");
  const Schema schema{{"Counts", {count}}};
  std::vector<std::string> arguments{"--count=ten"};
  const auto sources = sources_of(arguments, schema);
  EXPECT_EQ(load(schema, sources).error().lines.front().substr(0, 22), "--count: count is \"ten");
}

}  // namespace
}  // namespace waybill::runtime
