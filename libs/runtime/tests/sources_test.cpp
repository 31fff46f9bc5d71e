#include "waybill/runtime/sources.hpp"

#include <gtest/gtest.h>

#include <cstdlib>

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

}  // namespace
}  // namespace waybill::runtime
