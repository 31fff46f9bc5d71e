#pragma once

#include <boost/asio/awaitable.hpp>
#include <memory>

#include "waybill/runtime/event_loop.hpp"
#include "waybill/runtime/job.hpp"

namespace waybill::runtime {

class StopSignals;

/// Turns SIGTERM and SIGINT into one orderly stop of a process. Made at the beginning of main(); one at a
/// time (ENSURE).
///
/// Promises: the first signal, or request(), runs each callback once and resumes each awaiting task once, on
/// the loop's thread. A second signal says so on standard error and ends the process at once with 128 + its
/// number, also when the loop is stuck. SIGPIPE is ignored, so that a broken connection is an error of the
/// write. SIGHUP is ignored too: it is reserved for reading the configuration again. Its destructor puts back
/// what it found. Does not promise: to stop anything by itself; that is the callbacks' part. Concurrency:
/// request() and requested() from any thread, the rest on the loop's thread or before it runs. The loop must
/// outlive it.
class Shutdown {
 public:
  explicit Shutdown(EventLoop& loop);
  ~Shutdown();
  Shutdown(const Shutdown&) = delete;
  Shutdown& operator=(const Shutdown&) = delete;

  /// Runs `stop` when the process is asked to stop; soon, when it has been already. In the order of
  /// registration.
  void on_stop(Job stop);

  /// Returns when the process is asked to stop.
  boost::asio::awaitable<void> wait();

  /// Asks for the stop as a first signal does. A signal that comes after it is still the first of the
  /// signals.
  void request();
  bool requested() const noexcept;

 private:
  struct State;
  EventLoop& loop_;
  std::unique_ptr<StopSignals> signals_;
  std::shared_ptr<State> state_;
};

}  // namespace waybill::runtime
