#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <random>
#include <thread>
#include <vector>

#include "waybill/resilience/circuit_breaker.hpp"

namespace waybill::resilience {
namespace {

using namespace std::chrono_literals;

constexpr int thread_count = 4;

void together(const std::function<void(int thread)>& work) {
  std::vector<std::jthread> threads;
  for (int i = 0; i < thread_count; ++i) threads.emplace_back(work, i);
}

TEST(BreakerThreads, changes_are_told_one_at_a_time_and_each_begins_where_the_last_ended) {
  base::ManualClock clock;
  std::vector<BreakerChange> changes;
  std::atomic<int> telling = 0;
  std::atomic<bool> overlapped = false;
  CircuitBreaker breaker({.opens_on = FailureCount{2}, .window = 1s, .cool_down = 1ms, .probes = 2}, clock,
                         [&](const BreakerChange& change) {
                           if (telling.fetch_add(1) != 0) overlapped = true;
                           changes.push_back(change);
                           telling.fetch_sub(1);
                         });
  together([&](int thread) {
    std::mt19937_64 random(static_cast<std::uint64_t>(thread));
    for (int i = 0; i < 5'000; ++i) {
      auto entry = breaker.try_enter();
      clock.advance(100us);
      if (!entry || random() % 10 == 0) continue;
      random() % 3 == 0 ? entry->failed() : entry->succeeded();
    }
  });
  EXPECT_FALSE(overlapped);
  ASSERT_GT(changes.size(), 10U);
  EXPECT_EQ(changes.front().from, BreakerState::closed);
  for (std::size_t i = 1; i < changes.size(); ++i) EXPECT_EQ(changes[i].from, changes[i - 1].to);
  EXPECT_EQ(changes.back().to, breaker.state());
}

TEST(BreakerThreads, half_open_never_has_more_probes_under_way_than_it_may_and_loses_no_place) {
  constexpr int probes = 3;
  base::ManualClock clock;
  CircuitBreaker breaker({.opens_on = FailureCount{1}, .cool_down = 1s, .probes = probes}, clock);
  breaker.try_enter()->failed();
  clock.advance(1s);
  std::atomic<int> under_way = 0;
  std::atomic<int> most = 0;
  together([&](int) {
    for (int i = 0; i < 5'000; ++i) {
      const auto abandoned = breaker.try_enter();
      if (!abandoned) continue;
      const int now = under_way.fetch_add(1) + 1;
      for (int seen = most; seen < now && !most.compare_exchange_weak(seen, now);) {
      }
      std::this_thread::yield();
      under_way.fetch_sub(1);
    }
  });
  EXPECT_LE(most, probes);
  EXPECT_EQ(breaker.state(), BreakerState::half_open);
  std::vector<CircuitBreaker::Entry> all;
  for (int i = 0; i < probes; ++i) all.push_back(breaker.try_enter());
  EXPECT_TRUE(std::ranges::all_of(all, [](const auto& entry) { return entry.has_value(); }));
  EXPECT_FALSE(breaker.try_enter());
}

}  // namespace
}  // namespace waybill::resilience
