#include <gtest/gtest.h>

#include <chrono>
#include <stdexcept>
#include <thread>

#include "waybill/runtime/blocking_pool.hpp"
#include "waybill/runtime/event_loop.hpp"

namespace waybill::runtime {
namespace {

using namespace std::chrono_literals;
namespace asio = boost::asio;

/// What a task saw, for the test to look at when the loop has ended.
struct Seen {
  std::string value;
  std::string error;
  std::thread::id before;
  std::thread::id inside;
  std::thread::id after;
};

/// Held by a thread of the pool until the test lets it go.
struct Held {
  std::promise<void> open;
  std::future<void> opened = open.get_future();
};

asio::awaitable<void> ask(BlockingPool* pool, Seen* seen) {
  seen->before = std::this_thread::get_id();
  const std::string question(100, 'q');
  seen->value = co_await pool->run([seen, &question] {
    seen->inside = std::this_thread::get_id();
    return question + "!";
  });
  seen->after = std::this_thread::get_id();
}

asio::awaitable<void> ask_by_name(BlockingPool* pool, Seen* seen) {
  const auto question = [owned = std::string(100, 'q')] { return owned + "?"; };
  seen->value = co_await pool->run(question);
  seen->value += co_await pool->run(question);
}

asio::awaitable<void> ask_for_failure(BlockingPool* pool, Seen* seen) {
  try {
    co_await pool->run([] { throw std::out_of_range("row 7"); });
  } catch (const std::out_of_range& error) {
    seen->error = error.what();
  }
  seen->after = std::this_thread::get_id();
}

asio::awaitable<void> ask_by(BlockingPool* pool, Seen* seen, base::Deadline begin_by) {
  try {
    co_await pool->run([seen] { seen->value = "ran"; }, begin_by);
  } catch (const Refused& refused) {
    seen->error = refused.what();
  }
  seen->after = std::this_thread::get_id();
}

/// Stops the loop as soon as the wait is over, while the pool is still held.
asio::awaitable<void> ask_by_then(BlockingPool* pool, Seen* seen, EventLoop* loop) {
  co_await ask_by(pool, seen, base::Deadline::after(1ms));
  loop->stop();
}

asio::awaitable<void> count_up(BlockingPool* pool, int* count, EventLoop* loop, int* running) {
  for (int i = 0; i < 100; ++i) {
    const int step = co_await pool->run([] { return 1; });
    *count += step;
  }
  if (--*running == 0) loop->finish();
}

void run(EventLoop& loop) {
  loop.finish();
  loop.run();
}

TEST(BlockingPoolRun, works_on_the_pool_and_goes_on_on_the_loop) {
  EventLoop loop;
  BlockingPool pool({.name = "db"});
  Seen seen;
  loop.spawn("ask", ask(&pool, &seen));
  run(loop);
  EXPECT_EQ(seen.value, std::string(100, 'q') + "!");
  EXPECT_EQ(seen.before, std::this_thread::get_id());
  EXPECT_EQ(seen.after, std::this_thread::get_id());
  EXPECT_NE(seen.inside, std::this_thread::get_id());
}

// The compiler destroys such a temporary twice; it has to be refused where it is written.
TEST(BlockingPoolRun, does_not_compile_with_an_unnamed_lambda_that_owns_something) {
  const auto owning = [text = std::string()] { return text; };
  const auto plain = [number = 1] { return number; };
  static_assert(!CoroutineArgument<decltype(owning)>);
  static_assert(CoroutineArgument<decltype(owning)&>);
  static_assert(CoroutineArgument<decltype(plain)>);
}

TEST(BlockingPoolRun, leaves_a_named_function_to_be_run_again) {
  EventLoop loop;
  BlockingPool pool({.name = "db"});
  Seen seen;
  loop.spawn("ask", ask_by_name(&pool, &seen));
  run(loop);
  EXPECT_EQ(seen.value, std::string(100, 'q') + "?" + std::string(100, 'q') + "?");
}

TEST(BlockingPoolRun, carries_the_exception_to_the_task) {
  EventLoop loop;
  BlockingPool pool({.name = "db"});
  Seen seen;
  loop.spawn("ask", ask_for_failure(&pool, &seen));
  run(loop);
  EXPECT_EQ(seen.error, "row 7");
  EXPECT_EQ(seen.after, std::this_thread::get_id());
}

TEST(BlockingPoolRun, tells_the_task_that_the_pool_is_full) {
  EventLoop loop;
  Held held;
  BlockingPool pool({.name = "db", .threads = 1, .queue = 1});
  auto running = pool.submit([&held] { held.opened.wait(); });
  auto queued = pool.submit([] {});
  Seen seen;
  loop.spawn("ask", ask_by(&pool, &seen, base::Deadline::after(1h)));
  run(loop);
  EXPECT_EQ(seen.error,
            "pool 'db': its queue is full; try again later, or give it more threads or a longer queue");
  EXPECT_EQ(seen.after, std::this_thread::get_id());
  held.open.set_value();
}

TEST(BlockingPoolRun, tells_the_task_that_the_pool_is_closed) {
  EventLoop loop;
  BlockingPool pool({.name = "db"});
  pool.close();
  Seen seen;
  loop.spawn("ask", ask_by(&pool, &seen, base::Deadline::never()));
  run(loop);
  EXPECT_EQ(seen.error, "pool 'db': it is shutting down and takes no more work");
}

// A stuck pool must not hold the tasks that wait for a thread of it beyond their own deadlines.
TEST(BlockingPoolRun, ends_the_wait_for_a_thread_at_the_deadline_and_never_begins_the_function) {
  EventLoop loop;
  Held held;
  Seen seen;
  {
    BlockingPool pool({.name = "db"});
    auto running = pool.submit([&held] { held.opened.wait(); });
    loop.spawn("ask", ask_by_then(&pool, &seen, &loop));
    loop.run();
    held.open.set_value();
  }
  EXPECT_EQ(seen.error, "pool 'db': no thread was free before the deadline; the work was not begun");
  EXPECT_EQ(seen.value, "");
}

TEST(BlockingPoolRun, runs_each_function_of_many_tasks_once) {
  EventLoop loop;
  BlockingPool pool({.name = "db", .threads = 3});
  int count = 0;
  int running = 20;
  for (int i = 0; i < 20; ++i) loop.spawn("count", count_up(&pool, &count, &loop, &running));
  loop.run();
  EXPECT_EQ(count, 2000);
}

// The shutdown's order: the pool ends before the loop, and its last completions find the loop still there.
TEST(BlockingPoolRun, may_end_after_the_loop_has_stopped) {
  Held held;
  Seen seen;
  {
    EventLoop loop;
    BlockingPool pool({.name = "db"});
    auto running = pool.submit([&held] { held.opened.wait(); });
    loop.spawn("ask", ask(&pool, &seen));
    loop.post([&loop] { loop.stop(); });
    loop.run();
    held.open.set_value();
  }
  EXPECT_EQ(seen.value, "");
}

}  // namespace
}  // namespace waybill::runtime
