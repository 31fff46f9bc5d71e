#include "waybill/telemetry/log.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <sstream>
#include <stdexcept>
#include <thread>
#include <vector>

#include "waybill/telemetry/log_capture.hpp"
#include "waybill/telemetry/log_config.hpp"
#include "waybill/telemetry/log_context.hpp"
#include "waybill/telemetry/trace_context.hpp"

namespace waybill::telemetry {
namespace {

using namespace std::chrono_literals;
using base::ManualClock;
using base::WallTime;

const WallTime new_year{std::chrono::sys_days{std::chrono::year{2026} / 1 / 31} + 12h + 5us};

// What a test configures is put back for the next one.
class Log : public testing::Test {
 protected:
  void TearDown() override { configure_log({}); }
};

class AskedClock final : public base::Clock {
 public:
  WallTime wall() const override {
    ++asked;
    return {};
  }
  base::SteadyTime steady() const override { return {}; }
  mutable int asked = 0;
};

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

TEST_F(Log, writes_time_level_service_event_and_fields_in_that_order) {
  std::vector<std::string> lines;
  const ManualClock clock(new_year);
  configure_log({.format = LogFormat::json,
                 .service = "order",
                 .sink = [&lines](std::string_view line) { lines.emplace_back(line); },
                 .clock = &clock});

  log_warn("broker_unreachable", {{"host", "rabbit"}, {"attempt", 3}});

  EXPECT_THAT(
      lines, testing::ElementsAre(R"({"time":"2026-01-31T12:00:00.000005Z","level":"warn","service":"order",)"
                                  R"("event":"broker_unreachable","host":"rabbit","attempt":3})"));
}

TEST_F(Log, keeps_the_type_of_a_value) {
  const LogCapture capture;
  constexpr base::Uuid id(base::Uuid::Bytes{0x01, 0x89, 0x0a, 0x5d, 0xac, 0x96, 0x77, 0x4b, 0xbc, 0xce, 0xb3,
                                            0x02, 0x09, 0x9a, 0x80, 0x57});
  const std::string text = "text";
  const char* no_text = nullptr;
  log_info("types", {{"text", text},
                     {"literal", "x"},
                     {"view", std::string_view{"y"}},
                     {"null", no_text},
                     {"yes", true},
                     {"small", -1},
                     {"big", std::uint64_t{18'446'744'073'709'551'615U}},
                     {"size", text.size()},
                     {"ratio", 0.5},
                     {"id", id}});
  const auto line = nlohmann::json::parse(capture.lines().at(0));
  EXPECT_EQ(line["text"], "text");
  EXPECT_EQ(line["literal"], "x");
  EXPECT_EQ(line["view"], "y");
  EXPECT_EQ(line["null"], "");
  EXPECT_EQ(line["yes"], true);
  EXPECT_EQ(line["small"], -1);
  EXPECT_EQ(line["big"], 18'446'744'073'709'551'615U);
  EXPECT_EQ(line["size"], 4);
  EXPECT_EQ(line["ratio"], 0.5);
  EXPECT_EQ(line["id"], "01890a5d-ac96-774b-bcce-b302099a8057");
}

TEST_F(Log, writes_a_duration_in_milliseconds_with_the_unit_in_its_name) {
  const LogCapture capture;
  log_info("waited", {{"wait", 2s}, {"handler", 1'500us}, {"limit_ms", 30ms}});
  EXPECT_EQ(capture.field("waited", "wait_ms"), "2000");
  EXPECT_EQ(capture.field("waited", "handler_ms"), "1.5");
  EXPECT_EQ(capture.field("waited", "limit_ms"), "30");
}

TEST_F(Log, leaves_out_what_is_below_the_level) {
  const LogCapture capture(LogFormat::json, Level::warn);
  log_debug("a");
  log_info("b");
  log_warn("c");
  log_error("d");
  EXPECT_EQ(capture.lines().size(), 2U);
  EXPECT_EQ(capture.count("c"), 1U);
  EXPECT_EQ(capture.count("d"), 1U);
  EXPECT_FALSE(log_enabled(Level::info));
  EXPECT_TRUE(log_enabled(Level::warn));
}

// A debug line in a hot loop must cost nothing in production.
TEST_F(Log, does_no_work_for_a_line_below_the_level) {
  const AskedClock clock;
  const LogCapture capture(LogFormat::json, Level::info, clock);
  log_debug("quiet", {{"n", 1}});
  EXPECT_EQ(clock.asked, 0);
  log_info("loud");
  EXPECT_EQ(clock.asked, 1);
}

TEST_F(Log, carries_the_ids_of_the_current_trace) {
  const LogCapture capture;
  const auto trace = TraceContext::root(true);
  {
    const TraceScope scope(trace);
    log_info("inside");
  }
  log_info("outside");
  EXPECT_EQ(capture.field("inside", "trace_id"), trace.trace_id());
  EXPECT_EQ(capture.field("inside", "span_id"), trace.span_id());
  EXPECT_EQ(capture.field("outside", "trace_id"), std::nullopt);
}

// A sink or a full disk that fails must not take the work down with it.
TEST_F(Log, never_throws_also_when_its_sink_does) {
  configure_log({.sink = [](std::string_view) { throw std::runtime_error("disk full"); }});
  testing::internal::CaptureStderr();
  EXPECT_NO_THROW(log_error("lost"));
  testing::internal::GetCapturedStderr();
}

// Half a line of one thread inside another's makes both unreadable to every log collector.
TEST_F(Log, writes_lines_of_many_threads_whole_to_standard_error) {
  constexpr std::size_t threads = 8;
  constexpr std::size_t each = 250;
  configure_log({.format = LogFormat::json, .service = "order"});
  const std::string filler(300, 'x');
  testing::internal::CaptureStderr();
  {
    std::vector<std::jthread> writers;
    writers.reserve(threads);
    for (std::size_t thread = 0; thread < threads; ++thread) {
      writers.emplace_back([thread, &filler] {
        const LogContext context{{"thread", thread}};
        for (std::size_t line = 0; line < each; ++line)
          log_info("written", {{"line", line}, {"filler", filler}});
      });
    }
  }
  const auto lines = lines_of(testing::internal::GetCapturedStderr());
  ASSERT_EQ(lines.size(), threads * each);
  std::vector<std::size_t> next(threads, 0);
  for (const auto& line : lines) {
    const auto json = nlohmann::json::parse(line);
    EXPECT_EQ(json["line"], next[json["thread"].get<std::size_t>()]++)
        << "the lines of a thread keep their order";
    EXPECT_EQ(json["filler"], filler);
  }
}

TEST_F(Log, can_be_configured_while_others_write) {
  const LogCapture capture;
  {
    const std::jthread writer([] {
      for (int line = 0; line < 500; ++line) log_info("written", {{"line", line}});
    });
    for (int time = 0; time < 50; ++time) const LogCapture inner;
  }
  for (const auto& line : capture.lines()) EXPECT_TRUE(nlohmann::json::accept(line));
}

TEST_F(Log, says_its_levels_and_formats_by_the_words_that_configure_them) {
  for (const auto level : {Level::debug, Level::info, Level::warn, Level::error}) {
    EXPECT_EQ(parse_level(to_string(level)), level);
  }
  for (const auto format : {LogFormat::json, LogFormat::console}) {
    EXPECT_EQ(parse_log_format(to_string(format)), format);
  }
  EXPECT_EQ(parse_level("INFO"), std::nullopt);
  EXPECT_EQ(parse_level(""), std::nullopt);
  EXPECT_EQ(parse_log_format("xml"), std::nullopt);
}

TEST_F(Log, goes_back_from_nested_captures_to_what_was_configured) {
  std::vector<std::string> lines;
  configure_log(
      {.level = Level::error, .sink = [&lines](std::string_view line) { lines.emplace_back(line); }});
  {
    const LogCapture outer;
    log_info("first");
    {
      const LogCapture inner;
      log_info("second");
      EXPECT_EQ(inner.count("second"), 1U);
      EXPECT_EQ(inner.count("first"), 0U);
    }
    log_info("third");
    EXPECT_EQ(outer.count("second"), 0U);
    EXPECT_EQ(outer.count("third"), 1U);
  }
  log_info("below the level again");
  log_error("fourth");
  EXPECT_EQ(lines.size(), 1U);
}

TEST_F(Log, capture_gives_the_last_value_of_a_field_and_forgets_when_told) {
  LogCapture capture;
  log_info("tried", {{"attempt", 1}});
  log_info("tried", {{"attempt", 2}});
  EXPECT_EQ(capture.field("tried", "attempt"), "2");
  EXPECT_EQ(capture.field("tried", "missing"), std::nullopt);
  EXPECT_EQ(capture.field("missing", "attempt"), std::nullopt);
  capture.clear();
  EXPECT_TRUE(capture.lines().empty());
}

}  // namespace
}  // namespace waybill::telemetry
