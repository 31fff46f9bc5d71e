#include "waybill/servers/fault_schedule.hpp"

#include <gmock/gmock.h>

#include <set>
#include <sstream>

namespace waybill::servers::testing {
namespace {

using namespace std::chrono_literals;
using ::testing::Contains;
using ::testing::HasSubstr;

std::string printed(const FaultSchedule& schedule) {
  std::ostringstream out;
  out << schedule;
  return out.str();
}

// Seeds are kept in bug reports, so they must mean the same on every machine.
TEST(FaultSchedule, is_the_same_for_the_same_seed_on_every_machine) {
  EXPECT_EQ(printed(FaultSchedule(17)), printed(FaultSchedule(17)));
  EXPECT_EQ(printed(FaultSchedule(17, {.steps = 4, .corrupting = true})),
            "seed 17 step 1: corrupt byte 144 client→server of each new connection for 177 ms\n"
            "seed 17 step 2: no fault for 120 ms\n"
            "seed 17 step 3: stop reading client→server for 25 ms\n"
            "seed 17 step 4: cut every open connection with a reset, then nothing for 109 ms\n");
}

TEST(FaultSchedule, differs_from_seed_to_seed) {
  std::set<std::string> all;
  for (std::uint64_t seed = 0; seed < 1'000; ++seed) {
    const auto text = printed(FaultSchedule(seed));
    all.insert(text.substr(text.find(':')));
  }
  EXPECT_EQ(all.size(), 1'000);
}

TEST(FaultSchedule, prints_a_line_for_each_step) {
  std::set<std::string> lines;
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    const FaultSchedule schedule(seed, {.steps = 3, .shortest = 120ms, .longest = 120ms});
    EXPECT_EQ(printed(schedule), schedule.line(1) + "\n" + schedule.line(2) + "\n" + schedule.line(3) + "\n");
    for (std::size_t step = 1; step <= 3; ++step)
      lines.insert(schedule.line(step).substr(schedule.line(step).find("step")));
  }
  EXPECT_THAT(lines, Contains("step 3: stop reading server→client for 120 ms"));
  EXPECT_THAT(lines, Contains("step 1: cut every open connection with a reset, then nothing for 120 ms"));
}

TEST(FaultSchedule, stays_within_its_limits) {
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    const FaultSchedule schedule(seed, {.steps = 6, .shortest = 7ms, .longest = 9ms});
    ASSERT_EQ(schedule.steps().size(), 6);
    auto sum = 0ms;
    for (const auto& step : schedule.steps()) {
      EXPECT_GE(step.lasts, 7ms);
      EXPECT_LE(step.lasts, 9ms);
      sum += step.lasts;
    }
    EXPECT_EQ(schedule.duration(), sum);
  }
}

TEST(FaultSchedule, has_every_fault_and_corrupts_only_when_told) {
  std::set<std::size_t> tame;
  std::set<std::size_t> wild;
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    const FaultSchedule as_usual(seed);
    const FaultSchedule corrupting(seed, {.corrupting = true});
    for (const auto& step : as_usual.steps()) tame.insert(step.fault.index());
    for (const auto& step : corrupting.steps()) wild.insert(step.fault.index());
  }
  EXPECT_EQ(wild.size(), std::variant_size_v<Fault>);
  EXPECT_EQ(tame.size(), std::variant_size_v<Fault> - 1);
  EXPECT_EQ(tame.count(Fault(fault::CorruptByte{}).index()), 0);
}

TEST(Fault, is_described_in_a_line) {
  EXPECT_EQ(describe(fault::None{}), "no fault");
  EXPECT_EQ(describe(fault::Refuse{}), "refuse connections");
  EXPECT_EQ(describe(fault::NeverAnswer{}), "accept and never answer");
  EXPECT_EQ(describe(fault::StopReading{}), "stop reading in both directions");
  EXPECT_EQ(describe(fault::Delay{Direction::client_to_server, 5ms, 2ms}),
            "delay client→server by 5 ms and up to 2 ms of jitter");
  EXPECT_EQ(describe(fault::Throttle{.bytes_per_second = 9}),
            "throttle in both directions to 9 bytes per second");
  EXPECT_EQ(describe(fault::CutNow{Cut::end}), "cut every open connection with an end");
  EXPECT_EQ(describe(fault::CutAfter{Direction::server_to_client, 7, Connections::next, Cut::reset}),
            "cut the next connection with a reset after 7 bytes server→client");
  EXPECT_EQ(describe(fault::CorruptByte{Direction::client_to_server, 3, Connections::each}),
            "corrupt byte 3 client→server of each new connection");
  EXPECT_EQ(describe(fault::HalfClose{}), "half-close every open connection client→server");
}

}  // namespace
}  // namespace waybill::servers::testing
