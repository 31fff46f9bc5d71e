#include "waybill/telemetry/log_every.hpp"

#include <gtest/gtest.h>

#include <thread>
#include <vector>

#include "waybill/telemetry/log_capture.hpp"

namespace waybill::telemetry {
namespace {

using namespace std::chrono_literals;

TEST(LogEvery, writes_the_first_line_at_once_and_the_next_after_the_interval) {
  const LogCapture capture;
  base::ManualClock clock;
  LogEvery every(10s, clock);
  EXPECT_TRUE(every.log(Level::warn, "unreachable", {{"host", "a"}}));
  clock.advance(9'999ms);
  EXPECT_FALSE(every.log(Level::warn, "unreachable", {{"host", "b"}}));
  clock.advance(1ms);
  EXPECT_TRUE(every.log(Level::warn, "unreachable", {{"host", "c"}}));
  EXPECT_EQ(capture.count("unreachable"), 2U);
  EXPECT_EQ(capture.field("unreachable", "host"), "c");
}

TEST(LogEvery, says_how_many_lines_were_suppressed_since_the_last) {
  const LogCapture capture;
  base::ManualClock clock;
  LogEvery every(10s, clock);
  every.log(Level::warn, "unreachable");
  EXPECT_EQ(capture.field("unreachable", "suppressed"), std::nullopt);
  for (int time = 0; time < 41; ++time) every.log(Level::warn, "unreachable");
  clock.advance(10s);
  every.log(Level::warn, "unreachable");
  EXPECT_EQ(capture.field("unreachable", "suppressed"), "41");
  clock.advance(10s);
  every.log(Level::warn, "unreachable");
  EXPECT_EQ(capture.field("unreachable", "suppressed"), std::nullopt) << "counted anew";
}

TEST(LogEvery, gives_each_event_its_own_turn) {
  const LogCapture capture;
  const base::ManualClock clock;
  LogEvery every(10s, clock);
  EXPECT_TRUE(every.log(Level::warn, "one"));
  EXPECT_TRUE(every.log(Level::warn, "two"));
  EXPECT_FALSE(every.log(Level::warn, "one"));
}

TEST(LogEvery, neither_writes_nor_counts_below_the_level) {
  const LogCapture capture(LogFormat::json, Level::error);
  const base::ManualClock clock;
  LogEvery every(10s, clock);
  EXPECT_FALSE(every.log(Level::warn, "quiet"));
  EXPECT_TRUE(every.log(Level::error, "quiet"));
  EXPECT_EQ(capture.field("quiet", "suppressed"), std::nullopt);
}

// An event name made from input by mistake must not grow memory without end.
TEST(LogEvery, lets_events_beyond_its_bound_share_one_turn) {
  const LogCapture capture;
  const base::ManualClock clock;
  LogEvery every(10s, clock);
  int written = 0;
  for (int number = 0; number < 1'000; ++number)
    written += every.log(Level::warn, "e" + std::to_string(number)) ? 1 : 0;
  EXPECT_EQ(written, 256 + 1);
}

TEST(LogEvery, counts_every_call_of_many_threads_once) {
  const LogCapture capture;
  base::ManualClock clock;
  LogEvery every(10s, clock);
  {
    std::vector<std::jthread> threads;
    threads.reserve(4);
    for (int thread = 0; thread < 4; ++thread) {
      threads.emplace_back([&every] {
        for (int time = 0; time < 1'000; ++time) every.log(Level::warn, "crowded");
      });
    }
  }
  EXPECT_EQ(capture.count("crowded"), 1U);
  clock.advance(10s);
  every.log(Level::warn, "crowded");
  EXPECT_EQ(capture.field("crowded", "suppressed"), "3999");
}

}  // namespace
}  // namespace waybill::telemetry
