#pragma once

#include <atomic>
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <exception>
#include <functional>
#include <string>

#include "waybill/runtime/job.hpp"

namespace waybill::runtime {

/// The one thread of a process that runs coroutines and timers.
///
/// Promises: everything given to it runs on the thread that calls run(), one at a time. An exception that
/// escapes a task or a job is told to the fault handler, stops the loop and comes out of run(): nothing is
/// swallowed. Does not promise: to finish tasks when it is stopped. They are destroyed with the loop, so the
/// loop outlives all that its tasks refer to, or is told finish() instead. Concurrency: post(), spawn(),
/// stop(), finish() and executor() from any thread; run() once, from one. A task must not block: what blocks
/// is awaited on a BlockingPool.
class EventLoop {
 public:
  /// Told, on the loop's thread, of what escaped and of which task; before run() throws it.
  using FaultHandler = std::function<void(const std::string& task, const std::exception_ptr& error)>;

  /// Logs faults.
  EventLoop();
  explicit EventLoop(FaultHandler on_fault);
  EventLoop(const EventLoop&) = delete;
  EventLoop& operator=(const EventLoop&) = delete;

  boost::asio::any_io_executor executor() { return context_.get_executor(); }

  void post(Job job);

  /// Starts a task, which is a named coroutine function called with all it needs as parameters: a lambda's
  /// captures would be gone by its first suspension.
  ///   loop.spawn("relay", run_relay(database, publisher));
  void spawn(std::string name, boost::asio::awaitable<void> task);

  /// Runs tasks on the calling thread until stop(), or until none is left after finish(). Throws what escaped
  /// one.
  void run();
  /// Lets run() return as soon as the handler that is running has returned.
  void stop();
  /// Lets run() return once nothing is left to run or to wait for.
  void finish();

  bool is_this_thread() { return context_.get_executor().running_in_this_thread(); }

 private:
  struct TaskEnd;
  void fault(const std::string& task, const std::exception_ptr& error);

  // Reached by the last handlers that the context destroys, so they go after it.
  FaultHandler on_fault_;
  std::exception_ptr escaped_;
  std::atomic<bool> ran_ = false;
  boost::asio::io_context context_{1};
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_;
};

}  // namespace waybill::runtime
