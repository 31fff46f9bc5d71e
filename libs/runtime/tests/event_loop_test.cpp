#include "waybill/runtime/event_loop.hpp"

#include <gtest/gtest.h>

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>
#include <stdexcept>
#include <thread>
#include <vector>

#include "waybill/runtime/thread.hpp"
#include "waybill/telemetry/log_capture.hpp"

namespace waybill::runtime {
namespace {

namespace asio = boost::asio;

asio::awaitable<void> sleep_for_ever() {
  asio::steady_timer timer(co_await asio::this_coro::executor, asio::steady_timer::time_point::max());
  co_await timer.async_wait(asio::use_awaitable);
}

asio::awaitable<void> fail(std::string why) {
  asio::steady_timer timer(co_await asio::this_coro::executor, std::chrono::milliseconds{1});
  co_await timer.async_wait(asio::use_awaitable);
  throw std::runtime_error(why);
}

asio::awaitable<void> note_thread(std::thread::id* seen) {
  *seen = std::this_thread::get_id();
  co_return;
}

asio::awaitable<void> stop_loop(EventLoop* loop) {
  loop->stop();
  co_return;
}

/// Tells when a coroutine's frame is destroyed.
struct Witness {
  bool* gone;
  ~Witness() { *gone = true; }
};

asio::awaitable<void> wait_with(std::unique_ptr<Witness> witness) {
  co_await sleep_for_ever();
  static_cast<void>(witness);
}

std::string error_of(EventLoop& loop) {
  try {
    loop.run();
  } catch (const std::exception& error) {
    return error.what();
  }
  return "none";
}

TEST(EventLoop, runs_everything_on_the_thread_that_calls_run) {
  EventLoop loop;
  std::thread::id of_job;
  std::thread::id of_task;
  bool inside = false;
  Thread other("other", [&] {
    loop.post([&] {
      of_job = std::this_thread::get_id();
      inside = loop.is_this_thread();
    });
    loop.spawn("note", note_thread(&of_task));
    loop.finish();
  });
  loop.run();
  EXPECT_EQ(of_job, std::this_thread::get_id());
  EXPECT_EQ(of_task, std::this_thread::get_id());
  EXPECT_TRUE(inside);
  EXPECT_FALSE(loop.is_this_thread());
}

TEST(EventLoop, runs_jobs_in_the_order_in_which_they_were_posted) {
  EventLoop loop;
  std::vector<int> order;
  for (int i = 0; i < 10; ++i) loop.post([&order, i] { order.push_back(i); });
  loop.finish();
  loop.run();
  EXPECT_EQ(order, (std::vector<int>{0, 1, 2, 3, 4, 5, 6, 7, 8, 9}));
}

TEST(EventLoop, goes_on_without_work_until_it_is_stopped) {
  EventLoop loop;
  Thread stopper("stopper", [&loop] { loop.spawn("stop", stop_loop(&loop)); });
  loop.run();
  EXPECT_FALSE(loop.is_this_thread());
}

TEST(EventLoop, returns_at_once_when_it_was_stopped_before_it_ran) {
  EventLoop loop;
  bool ran = false;
  loop.post([&ran] { ran = true; });
  loop.stop();
  loop.run();
  EXPECT_FALSE(ran);
}

TEST(EventLoop, destroys_the_tasks_that_it_did_not_finish) {
  bool gone = false;
  {
    EventLoop loop;
    loop.spawn("sleeper", wait_with(std::make_unique<Witness>(&gone)));
    loop.spawn("stop", stop_loop(&loop));
    loop.run();
    EXPECT_FALSE(gone);
  }
  EXPECT_TRUE(gone);
}

// A coroutine that dies in silence leaves a process that looks alive and does nothing.
TEST(EventLoop, stops_with_the_error_that_escaped_a_task) {
  std::string task;
  EventLoop loop([&task](const std::string& name, const std::exception_ptr&) { task = name; });
  loop.spawn("sleeper", sleep_for_ever());
  loop.spawn("relay", fail("the table is gone"));
  EXPECT_EQ(error_of(loop), "the table is gone");
  EXPECT_EQ(task, "relay");
}

TEST(EventLoop, stops_with_the_error_that_escaped_a_job) {
  std::string task;
  EventLoop loop([&task](const std::string& name, const std::exception_ptr&) { task = name; });
  bool later = false;
  loop.post([] { throw std::runtime_error("no such queue"); });
  loop.post([&later] { later = true; });
  EXPECT_EQ(error_of(loop), "no such queue");
  EXPECT_EQ(task, "a posted job");
  EXPECT_FALSE(later);
}

TEST(EventLoop, logs_what_escaped_and_from_which_task) {
  const telemetry::LogCapture log;
  EventLoop loop;
  loop.spawn("relay", fail("the table is gone"));
  EXPECT_EQ(error_of(loop), "the table is gone");
  EXPECT_EQ(log.count("event_loop_fault"), 1U);
  EXPECT_EQ(log.field("event_loop_fault", "task"), "relay");
  EXPECT_EQ(log.field("event_loop_fault", "error"), "the table is gone");
}

using EventLoopDeathTest = testing::Test;

TEST(EventLoopDeathTest, a_loop_that_is_run_twice_is_a_bug) {
  EventLoop loop;
  loop.stop();
  loop.run();
  EXPECT_DEATH(loop.run(), "an event loop runs once");
}

}  // namespace
}  // namespace waybill::runtime
