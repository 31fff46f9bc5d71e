#include "waybill/runtime/event_loop.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>

#include "waybill/telemetry/log.hpp"

namespace waybill::runtime {
namespace {

void log_fault(const std::string& task, const std::exception_ptr& error) {
  std::string what = "not a std::exception";
  try {
    std::rethrow_exception(error);
  } catch (const std::exception& caught) {
    what = caught.what();
  } catch (...) {
    // Nothing more is known of it.
  }
  telemetry::log_error("event_loop_fault", {{"task", task}, {"error", what}});
}

}  // namespace

struct EventLoop::TaskEnd {
  EventLoop* loop;
  std::string name;
  void operator()(const std::exception_ptr& error) const {
    if (error) loop->fault(name, error);
  }
};

EventLoop::EventLoop() : EventLoop(log_fault) {}

EventLoop::EventLoop(FaultHandler on_fault)
    : on_fault_(std::move(on_fault)), work_(boost::asio::make_work_guard(context_)) {}

void EventLoop::post(Job job) { boost::asio::post(context_, std::move(job)); }

void EventLoop::spawn(std::string name, boost::asio::awaitable<void> task) {
  boost::asio::co_spawn(context_, std::move(task), TaskEnd{this, std::move(name)});
}

void EventLoop::run() {
  ENSURE(!ran_.exchange(true), "an event loop runs once");
  try {
    context_.run();
  } catch (...) {
    fault("a posted job", std::current_exception());
  }
  if (escaped_) std::rethrow_exception(escaped_);
}

void EventLoop::stop() { context_.stop(); }

void EventLoop::finish() {
  // The guard is not thread-safe, so it is let go on the loop's own thread.
  boost::asio::post(context_, [this] { work_.reset(); });
}

void EventLoop::fault(const std::string& task, const std::exception_ptr& error) {
  if (!escaped_) escaped_ = error;
  context_.stop();
  on_fault_(task, error);
}

}  // namespace waybill::runtime
