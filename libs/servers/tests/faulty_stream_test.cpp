#include "faulty_stream.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "waybill/servers/fault_proxy.hpp"

namespace waybill::servers::testing {
namespace {

using namespace std::chrono_literals;

constexpr base::SteadyTime start{1h};
const std::string piece(1'000, 'x');

/// The moments at which pieces that are taken at the start are due.
std::vector<base::SteadyTime> due_times(const StreamFaults& faults, std::uint64_t seed) {
  FaultyStream stream(faults, seed);
  for (int i = 0; i < 20; ++i) stream.take(piece, start);
  std::vector<base::SteadyTime> times;
  while (const auto when = stream.next_ready()) {
    times.push_back(*when);
    stream.passed(stream.ready(*when).size(), *when);
  }
  return times;
}

TEST(FaultyStream, wants_no_more_than_its_buffer_holds) {
  const StreamFaults faults;
  FaultyStream stream(faults, 1);
  std::size_t held = 0;
  while (const auto wanted = stream.wanted()) {
    stream.take(std::string(wanted, 'x'), start);
    held += wanted;
  }
  EXPECT_EQ(held, FaultProxy::buffer_bytes);
  stream.passed(10, start);
  EXPECT_EQ(stream.wanted(), 10);
}

TEST(FaultyStream, draws_the_same_jitter_for_the_same_seed) {
  const StreamFaults faults{.delay = 10ms, .jitter = 50ms};
  EXPECT_EQ(due_times(faults, 1), due_times(faults, 1));
  EXPECT_NE(due_times(faults, 1), due_times(faults, 2));
}

TEST(FaultyStream, delays_by_the_fixed_part_and_at_most_the_jitter_and_in_order) {
  const auto times = due_times({.delay = 10ms, .jitter = 50ms}, 1);
  EXPECT_EQ(times.size(), 20);
  EXPECT_GE(times.front(), start + 10ms);
  EXPECT_LE(times.back(), start + 60ms);
  EXPECT_GT(times.back(), times.front());
  EXPECT_TRUE(std::ranges::is_sorted(times));
}

TEST(FaultyStream, passes_no_more_than_the_rate_also_after_a_rest) {
  const StreamFaults faults{.bytes_per_second = 10'000};
  FaultyStream stream(faults, 1);
  base::SteadyTime now = start;
  for (int burst = 0; burst < 2; ++burst) {
    for (int i = 0; i < 10; ++i) stream.take(piece, now);
    const auto began = now;
    for (std::size_t passed = 0; passed < 10'000;) {
      now = std::max(now, *stream.next_ready());
      const auto ready = stream.ready(now).size();
      ASSERT_GT(ready, 0);
      stream.passed(ready, now);
      passed += ready;
    }
    // A second, less what the last slice is given ahead.
    EXPECT_GE(now - began, 980ms);
    EXPECT_LE(now - began, 1'000ms);
    now += 1h;
  }
}

TEST(FaultyStream, passes_single_bytes_at_a_very_low_rate) {
  const StreamFaults faults{.bytes_per_second = 2};
  FaultyStream stream(faults, 1);
  stream.take(piece, start);
  EXPECT_EQ(stream.ready(start).size(), 1);
  stream.passed(1, start);
  EXPECT_EQ(stream.ready(start + 499ms).size(), 0);
  EXPECT_EQ(stream.ready(start + 500ms).size(), 1);
}

TEST(FaultyStream, wants_nothing_after_the_byte_it_is_cut_at) {
  const StreamFaults faults;
  FaultyStream stream(faults, 1);
  stream.take("abc", start);
  stream.cut_after(2, Cut::end);
  stream.take("de", start);
  EXPECT_GT(stream.wanted(), 0);
  stream.take("fgh", start);
  EXPECT_EQ(stream.wanted(), 0);
  EXPECT_EQ(stream.cut_due(), std::nullopt);
  stream.passed(3, start);
  stream.passed(2, start);
  EXPECT_EQ(stream.cut_due(), Cut::end);
}

TEST(FaultyStream, goes_through_with_a_cut_whose_byte_has_come_before_healing) {
  const StreamFaults faults;
  FaultyStream stream(faults, 1);
  stream.cut_after(0, Cut::reset);
  stream.take("a", start);
  stream.heal();
  EXPECT_EQ(stream.cut_due(), Cut::reset);
}

}  // namespace
}  // namespace waybill::servers::testing
