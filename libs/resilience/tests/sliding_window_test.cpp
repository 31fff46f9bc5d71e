#include "sliding_window.hpp"

#include <gtest/gtest.h>

#include <limits>
#include <random>
#include <utility>
#include <vector>

#include "start.hpp"

namespace waybill::resilience {
namespace {

using namespace std::chrono_literals;
using std::chrono::nanoseconds;
using Counts = SlidingWindow::Counts;

void expect(SlidingWindow& window, base::SteadyTime now, const Counts& expected) {
  const auto counts = window.counts(now);
  EXPECT_EQ(counts.calls, expected.calls);
  EXPECT_EQ(counts.failures, expected.failures);
}

TEST(SlidingWindow, counts_calls_and_the_failed_ones_among_them) {
  SlidingWindow window(10s, 10, start);
  expect(window, start, {0, 0});
  window.count(start, true);
  window.count(start + 1s, false);
  window.count(start + 9s, true);
  expect(window, start + 9s, {3, 2});
}

TEST(SlidingWindow, forgets_what_is_as_old_as_the_window) {
  SlidingWindow window(10s, 10, start);
  window.count(start, true);
  window.count(start + 1s, true);
  expect(window, start + 10s - 1ns, {2, 2});
  expect(window, start + 10s, {1, 1});
  expect(window, start + 11s, {0, 0});
}

TEST(SlidingWindow, forgets_all_after_a_rest_however_long) {
  for (const nanoseconds rest : {nanoseconds{10s}, nanoseconds{25s}, nanoseconds{24h * 365}}) {
    SlidingWindow window(10s, 10, start);
    for (int second = 0; second < 10; ++second) window.count(start + second * 1s, true);
    window.count(start + 9s + rest, false);
    expect(window, start + 9s + rest, {1, 0});
  }
}

TEST(SlidingWindow, one_bucket_is_a_window_that_begins_anew) {
  SlidingWindow window(10s, 1, start);
  window.count(start + 9s, true);
  expect(window, start + 9s, {1, 1});
  expect(window, start + 10s, {0, 0});
}

TEST(SlidingWindow, a_time_before_one_it_has_seen_counts_as_that_one) {
  SlidingWindow window(10s, 10, start);
  window.count(start + 5s, true);
  window.count(start + 1s, true);
  window.count(start - 1h, true);
  expect(window, start + 14s, {3, 3});
  expect(window, start + 15s, {0, 0});
}

TEST(SlidingWindow, a_clock_that_jumps_to_its_end_overflows_nothing) {
  SlidingWindow window(10s, 10, base::SteadyTime::min());
  window.count(base::SteadyTime::min(), true);
  window.count(base::SteadyTime::max(), false);
  expect(window, base::SteadyTime::max(), {1, 0});
}

TEST(SlidingWindow, cleared_it_holds_nothing) {
  SlidingWindow window(10s, 10, start);
  window.count(start + 95s, true);
  window.clear();
  expect(window, start + 95s, {0, 0});
  window.count(start + 95s, false);
  expect(window, start + 95s, {1, 0});
}

// Against a list of everything that was ever counted.
TEST(SlidingWindow, is_never_off_by_more_than_one_bucket) {
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    std::mt19937_64 random(seed);
    const auto draw = [&](std::int64_t least, std::int64_t most) {
      return std::uniform_int_distribution<std::int64_t>(least, most)(random);
    };
    const auto buckets = static_cast<std::uint32_t>(draw(1, 20));
    const nanoseconds width{draw(1, 1'000'000)};
    SlidingWindow window(width * buckets, buckets, start);
    std::vector<std::pair<base::SteadyTime, bool>> all;
    auto now = start;
    for (int step = 0; step < 500; ++step) {
      now += nanoseconds{draw(0, draw(0, 10) == 0 ? 30 * width.count() : width.count())};
      all.emplace_back(now, draw(0, 1) == 0);
      window.count(now, all.back().second);
      Counts least;
      Counts most;
      for (const auto& [at, failure] : all) {
        const auto age = now - at;
        if (age <= width * (buckets - 1)) least = {least.calls + 1, least.failures + (failure ? 1 : 0)};
        if (age < width * buckets) most = {most.calls + 1, most.failures + (failure ? 1 : 0)};
      }
      const auto counts = window.counts(now);
      ASSERT_GE(counts.calls, least.calls) << "seed " << seed << ", step " << step;
      ASSERT_LE(counts.calls, most.calls) << "seed " << seed << ", step " << step;
      ASSERT_GE(counts.failures, least.failures) << "seed " << seed << ", step " << step;
      ASSERT_LE(counts.failures, most.failures) << "seed " << seed << ", step " << step;
    }
  }
}

}  // namespace
}  // namespace waybill::resilience
