#include "slots.hpp"

#include <gtest/gtest.h>

#include <thread>
#include <vector>

#include "waybill/testkit/eventually.hpp"

namespace waybill::postgres {
namespace {

using namespace std::chrono_literals;
using Outcome = Slots::Outcome;

TEST(Slots, give_what_there_is_and_no_more) {
  Slots slots(2);
  EXPECT_EQ(slots.acquire(base::Deadline::never()), Outcome::taken);
  EXPECT_EQ(slots.acquire(base::Deadline::never()), Outcome::taken);
  EXPECT_EQ(slots.acquire(base::Deadline::after(1ms)), Outcome::late);
  slots.release();
  EXPECT_EQ(slots.acquire(base::Deadline::after(1ms)), Outcome::taken);
}

// Without an order, a thread could starve at a busy pool.
TEST(Slots, are_given_in_the_order_of_asking) {
  Slots slots(1);
  ASSERT_EQ(slots.acquire(base::Deadline::never()), Outcome::taken);
  std::mutex mutex;
  std::vector<int> order;
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&, i] {
      ASSERT_EQ(slots.acquire(base::Deadline::after(30s)), Outcome::taken);
      {
        const std::lock_guard lock(mutex);
        order.push_back(i);
      }
      slots.release();
    });
    EXPECT_TRUE(testkit::eventually([&] { return slots.waiting() == static_cast<std::size_t>(i) + 1; }));
  }
  slots.release();
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(order, (std::vector<int>{0, 1, 2, 3, 4, 5, 6, 7}));
}

TEST(Slots, who_gave_up_is_not_given_one) {
  Slots slots(1);
  ASSERT_EQ(slots.acquire(base::Deadline::never()), Outcome::taken);
  EXPECT_EQ(slots.acquire(base::Deadline::after(1ms)), Outcome::late);
  slots.release();
  EXPECT_EQ(slots.acquire(base::Deadline::after(1ms)), Outcome::taken);
}

TEST(Slots, closing_sends_the_waiting_and_the_coming_away) {
  Slots slots(1);
  ASSERT_EQ(slots.acquire(base::Deadline::never()), Outcome::taken);
  Outcome waited{};
  std::thread waiter([&] { waited = slots.acquire(base::Deadline::never()); });
  EXPECT_TRUE(testkit::eventually([&] { return slots.waiting() == 1; }));
  slots.close();
  waiter.join();
  EXPECT_EQ(waited, Outcome::closed);
  EXPECT_EQ(slots.acquire(base::Deadline::never()), Outcome::closed);
}

TEST(Slots, none_is_lost_or_doubled_when_deadlines_and_releases_meet) {
  Slots slots(3);
  std::atomic<int> held = 0;
  std::atomic<int> most = 0;
  std::vector<std::thread> threads;
  for (int t = 0; t < 6; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < 2'000; ++i) {
        if (slots.acquire(base::Deadline::after(std::chrono::microseconds{t * 20})) != Outcome::taken)
          continue;
        const int now = ++held;
        int seen = most.load();
        while (now > seen && !most.compare_exchange_weak(seen, now)) continue;
        --held;
        slots.release();
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_LE(most, 3);
  for (int i = 0; i < 3; ++i) EXPECT_EQ(slots.acquire(base::Deadline::after(1ms)), Outcome::taken);
  EXPECT_EQ(slots.acquire(base::Deadline::after(1ms)), Outcome::late);
}

}  // namespace
}  // namespace waybill::postgres
