#include "waybill/telemetry/log_context.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <thread>

#include "waybill/telemetry/log.hpp"
#include "waybill/telemetry/log_capture.hpp"

namespace waybill::telemetry {
namespace {

TEST(LogContext, is_on_every_line_while_it_lives_and_on_none_after) {
  const LogCapture capture;
  {
    const LogContext context{{"message_id", "m1"}, {"attempt", 2}};
    log_info("inside");
  }
  log_info("outside");
  EXPECT_EQ(capture.field("inside", "message_id"), "m1");
  EXPECT_EQ(capture.field("inside", "attempt"), "2");
  EXPECT_EQ(capture.field("outside", "message_id"), std::nullopt);
}

TEST(LogContext, nests_and_the_nearest_field_of_a_name_wins) {
  const LogCapture capture;
  const LogContext outer{{"key", "outer"}, {"service_part", "inbox"}};
  {
    const LogContext inner{{"key", "inner"}};
    log_info("nested");
    log_info("told", {{"key", "line"}});
  }
  log_info("after");
  EXPECT_EQ(capture.field("nested", "key"), "inner");
  EXPECT_EQ(capture.field("nested", "service_part"), "inbox");
  EXPECT_EQ(capture.field("told", "key"), "line");
  EXPECT_EQ(capture.field("after", "key"), "outer");
}

// The message a context was made from is often moved or freed before the last line about it.
TEST(LogContext, copies_its_texts) {
  const LogCapture capture;
  auto name = std::make_unique<std::string>("a name that is too long to be kept inside the string object");
  auto text = std::make_unique<std::string>("a text that is too long to be kept inside the string object");
  const LogContext context{{*name, *text}, {"key", std::string("temporary that dies with the expression")}};
  name.reset();
  text.reset();
  log_info("later");
  EXPECT_EQ(capture.field("later", "a name that is too long to be kept inside the string object"),
            "a text that is too long to be kept inside the string object");
  EXPECT_EQ(capture.field("later", "key"), "temporary that dies with the expression");
}

TEST(LogContext, belongs_to_its_thread_only) {
  const LogCapture capture;
  const LogContext context{{"key", "mine"}};
  std::jthread([] { log_info("elsewhere"); }).join();
  EXPECT_EQ(capture.count("elsewhere"), 1U);
  EXPECT_EQ(capture.field("elsewhere", "key"), std::nullopt);
}

TEST(LogContextDeathTest, must_end_in_reverse_order) {
  EXPECT_DEATH(
      {
        auto first = std::make_unique<LogContext>(std::initializer_list<Field>{{"a", 1}});
        auto second = std::make_unique<LogContext>(std::initializer_list<Field>{{"b", 2}});
        first.reset();
      },
      "in reverse order of making");
}

}  // namespace
}  // namespace waybill::telemetry
