#include "waybill/runtime/blocking_pool.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <set>

#include "waybill/testkit/eventually.hpp"

namespace waybill::runtime {
namespace {

using namespace std::chrono_literals;

/// Keeps a thread of a pool busy until it is opened, and tells when it has begun to.
class Gate {
 public:
  void operator()() {
    begun_.set_value();
    opened_.wait();
  }
  void wait_until_begun() { begun_.get_future().wait(); }
  void open() { open_.set_value(); }

 private:
  std::promise<void> begun_;
  std::promise<void> open_;
  std::shared_future<void> opened_ = open_.get_future().share();
};

std::future<void> occupy(BlockingPool& pool, Gate& gate) {
  auto done = pool.submit([&gate] { gate(); });
  gate.wait_until_begun();
  return std::move(done).value();
}

Refusal::Why why_of(BlockingPool& pool, base::Deadline begin_by) {
  try {
    pool.call([] {}, begin_by);
  } catch (const Refused& refused) {
    return refused.refusal().why;
  }
  throw std::logic_error("the pool did not refuse");
}

TEST(BlockingPool, gives_back_the_result_of_the_function) {
  BlockingPool pool({.name = "db"});
  auto answer = pool.submit([] { return std::string("42 rows"); });
  ASSERT_TRUE(answer.has_value());
  EXPECT_EQ(answer->get(), "42 rows");
  EXPECT_EQ(pool.call([] { return 7; }), 7);
}

TEST(BlockingPool, takes_functions_and_results_that_can_only_be_moved) {
  BlockingPool pool({.name = "db"});
  auto answer = pool.call([owned = std::make_unique<int>(5)]() mutable { return std::move(owned); });
  EXPECT_EQ(*answer, 5);
}

TEST(BlockingPool, carries_the_exception_to_the_caller) {
  BlockingPool pool({.name = "db"});
  auto future = pool.submit([]() -> int { throw std::out_of_range("row 3"); });
  EXPECT_THROW(future->get(), std::out_of_range);
  EXPECT_THROW(pool.call([] { throw std::out_of_range("row 4"); }), std::out_of_range);
}

TEST(BlockingPool, names_and_numbers_its_threads) {
  BlockingPool pool({.name = "inventory-postgres", .threads = 3});
  std::set<std::string> names;
  std::set<std::size_t> numbers;
  std::mutex mutex;
  std::vector<Gate> gates(3);
  std::vector<std::future<void>> ends;
  ends.reserve(gates.size());
  for (auto& gate : gates) {
    ends.push_back(*pool.submit([&] {
      {
        const std::lock_guard lock(mutex);
        names.insert(this_thread_name());
        numbers.insert(pool.current_thread().value());
      }
      gate();
    }));
  }
  for (auto& gate : gates) gate.wait_until_begun();
  for (auto& gate : gates) gate.open();
  for (auto& end : ends) end.wait();
  EXPECT_EQ(names, (std::set<std::string>{"inventory-pos-0", "inventory-pos-1", "inventory-pos-2"}));
  EXPECT_EQ(numbers, (std::set<std::size_t>{0, 1, 2}));
  EXPECT_FALSE(pool.current_thread().has_value());
}

// A queue without a bound turns overload into a delay that nobody outlives.
TEST(BlockingPool, refuses_at_once_what_exceeds_its_threads_and_its_queue) {
  Gate gate;
  BlockingPool pool({.name = "db", .threads = 1, .queue = 2});
  auto running = occupy(pool, gate);
  auto first = pool.submit([] {});
  auto second = pool.submit([] {});
  const auto third = pool.submit([] {});
  ASSERT_TRUE(third.has_error());
  EXPECT_EQ(third.error(), (Refusal{Refusal::Why::full, "db"}));
  EXPECT_EQ(third.error().to_string(),
            "pool 'db': its queue is full; try again later, or give it more threads or a longer queue");
  EXPECT_EQ(pool.load().running, 1U);
  EXPECT_EQ(pool.load().waiting, 2U);
  gate.open();
  second->wait();
  EXPECT_TRUE(pool.submit([] {}).has_value());
}

TEST(BlockingPool, begins_functions_in_the_order_in_which_it_accepted_them) {
  Gate gate;
  std::vector<int> order;
  {
    BlockingPool pool({.name = "db", .threads = 1, .queue = 100});
    auto running = occupy(pool, gate);
    for (int i = 0; i < 100; ++i) ASSERT_TRUE(pool.submit([&order, i] { order.push_back(i); }));
    gate.open();
  }
  ASSERT_EQ(order.size(), 100U);
  EXPECT_TRUE(std::ranges::is_sorted(order));
}

// Whoever waits for room must not be overtaken for ever by those who only try.
TEST(BlockingPool, gives_room_to_the_one_who_has_waited_longest) {
  Gate gate;
  Gate queued;
  std::atomic<bool> waited_ran = false;
  BlockingPool pool({.name = "db", .threads = 1, .queue = 1});
  auto running = occupy(pool, gate);
  auto next = pool.submit([&queued] { queued(); });
  Thread waiter("waiter", [&] { pool.call([&waited_ran] { waited_ran = true; }); });
  while (pool.load().waiting_for_room == 0) std::this_thread::yield();
  gate.open();
  queued.wait_until_begun();
  EXPECT_TRUE(pool.submit([] {}).has_error()) << "the freed place belongs to the waiter";
  queued.open();
  waiter.join();
  EXPECT_TRUE(waited_ran);
}

TEST(BlockingPool, ends_the_wait_for_room_at_the_deadline) {
  Gate gate;
  BlockingPool pool({.name = "db", .threads = 1, .queue = 1});
  auto running = occupy(pool, gate);
  auto queued = pool.submit([] {});
  EXPECT_EQ(why_of(pool, base::Deadline::after(1ms)), Refusal::Why::late);
  EXPECT_EQ(pool.load().waiting_for_room, 0U);
  gate.open();
}

// The caller has gone on by then, and what the function refers to may be gone with it.
TEST(BlockingPool, never_begins_a_function_whose_caller_has_given_up) {
  Gate gate;
  std::atomic<bool> ran = false;
  const auto captured = std::make_shared<int>(0);
  {
    BlockingPool pool({.name = "db"});
    auto running = occupy(pool, gate);
    try {
      pool.call([&ran, captured] { ran = true; }, base::Deadline::after(1ms));
      FAIL() << "there was no free thread";
    } catch (const Refused& refused) {
      EXPECT_STREQ(refused.what(),
                   "pool 'db': no thread was free before the deadline; the work was not begun");
    }
    EXPECT_EQ(captured.use_count(), 1);
    gate.open();
  }
  EXPECT_FALSE(ran);
}

TEST(BlockingPool, waits_for_a_begun_function_past_the_deadline) {
  BlockingPool pool({.name = "db"});
  const auto is_answered_late = [&pool] {
    const auto begin_by = base::Deadline::after(50ms);
    const auto end_at = base::Deadline::after(100ms);
    const auto begun = std::make_shared<std::atomic<bool>>(false);
    try {
      const int answer = pool.call(
          [end_at, begun] {
            *begun = true;
            while (!end_at.passed()) std::this_thread::yield();
            return 9;
          },
          begin_by);
      return answer == 9;
    } catch (const Refused&) {
      EXPECT_FALSE(*begun);
      return false;
    }
  };
  // A busy machine may not give the pool its thread in time, and then the pool refuses.
  EXPECT_TRUE(testkit::eventually(is_answered_late));
}

TEST(BlockingPool, has_destroyed_the_function_when_the_caller_hears_of_its_end) {
  BlockingPool pool({.name = "db"});
  const auto captured = std::make_shared<int>(0);
  pool.call([captured] {});
  EXPECT_EQ(captured.use_count(), 1);
}

TEST(BlockingPool, finishes_what_it_accepted_before_it_is_gone) {
  std::atomic<int> ran = 0;
  Gate gate;
  {
    BlockingPool pool({.name = "db", .threads = 2, .queue = 50});
    auto running = occupy(pool, gate);
    for (int i = 0; i < 50; ++i) ASSERT_TRUE(pool.submit([&ran] { ++ran; }));
    gate.open();
  }
  EXPECT_EQ(ran, 50);
}

TEST(BlockingPool, drains_what_it_accepted_and_refuses_the_rest) {
  std::atomic<int> ran = 0;
  BlockingPool pool({.name = "db", .threads = 1, .queue = 50});
  for (int i = 0; i < 50; ++i) ASSERT_TRUE(pool.submit([&ran] { ++ran; }));
  pool.drain();
  EXPECT_EQ(ran, 50);
  const auto late = pool.submit([] {});
  ASSERT_TRUE(late.has_error());
  EXPECT_EQ(late.error().to_string(), "pool 'db': it is shutting down and takes no more work");
  EXPECT_EQ(why_of(pool, base::Deadline::never()), Refusal::Why::closed);
}

TEST(BlockingPool, refuses_those_who_wait_for_room_when_it_is_closed) {
  Gate gate;
  BlockingPool pool({.name = "db", .threads = 1, .queue = 1});
  auto running = occupy(pool, gate);
  auto queued = pool.submit([] {});
  Refusal::Why why{};
  Thread waiter("waiter", [&] { why = why_of(pool, base::Deadline::never()); });
  while (pool.load().waiting_for_room == 0) std::this_thread::yield();
  pool.close();
  waiter.join();
  EXPECT_EQ(why, Refusal::Why::closed);
  gate.open();
}

TEST(BlockingPool, runs_each_function_of_many_callers_once) {
  std::atomic<int> ran = 0;
  BlockingPool pool({.name = "db", .threads = 3, .queue = 4});
  {
    std::vector<Thread> callers;
    callers.reserve(6);
    for (int caller = 0; caller < 6; ++caller) {
      callers.emplace_back("caller", [&] {
        for (int i = 0; i < 200; ++i) pool.call([&ran] { ++ran; });
      });
    }
  }
  EXPECT_EQ(ran, 1200);
  EXPECT_EQ(pool.load().running + pool.load().waiting, 0U);
}

// As many callers as there are places, each with one call at a time, must never be told that the pool is
// full.
TEST(BlockingPool, has_the_place_free_again_when_the_caller_hears_of_the_end) {
  BlockingPool pool({.name = "db", .threads = 1, .queue = 1});
  std::atomic<int> refused = 0;
  {
    std::vector<Thread> callers;
    callers.reserve(2);
    for (int caller = 0; caller < 2; ++caller) {
      callers.emplace_back("caller", [&] {
        for (int i = 0; i < 500; ++i) {
          auto ended = pool.submit([] {});
          ended ? ended->get() : void(++refused);
        }
      });
    }
  }
  EXPECT_EQ(refused, 0);
}

using BlockingPoolDeathTest = testing::Test;

TEST(BlockingPoolDeathTest, a_pool_destroyed_by_its_own_thread_is_a_bug_and_no_deadlock) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_DEATH(
      {
        auto pool = std::make_unique<BlockingPool>(BlockingPool::Options{.name = "db"});
        pool->call([&pool] { pool.reset(); });
      },
      "destroyed by its own thread");
}

TEST(BlockingPoolDeathTest, a_thread_that_waits_for_its_own_pool_is_a_bug_and_no_deadlock) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_DEATH(
      {
        BlockingPool pool({.name = "db"});
        pool.call([&pool] { pool.call([] {}); });
      },
      "waits for its own pool");
}

}  // namespace
}  // namespace waybill::runtime
