#include "waybill/runtime/shutdown.hpp"

#include <unistd.h>

#include <atomic>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cerrno>
#include <system_error>
#include <vector>

#include "stop_signals.hpp"
#include "waybill/telemetry/log.hpp"

namespace waybill::runtime {
namespace {

namespace asio = boost::asio;

int duplicate(int descriptor) {
  const int copy = ::dup(descriptor);
  if (copy < 0) throw std::system_error(errno, std::generic_category(), "dup");
  return copy;
}

}  // namespace

/// Shared with the tasks that wait. Used on the loop's thread only, but for `asked`.
struct Shutdown::State : std::enable_shared_from_this<State> {
  explicit State(EventLoop& loop)
      : readable(loop.executor(), duplicate(StopSignals::first().descriptor())), stopped(loop.executor()) {
    stopped.expires_at(asio::steady_timer::time_point::max());
  }

  void watch() {
    readable.async_wait(asio::posix::stream_descriptor::wait_read,
                        [self = weak_from_this()](const boost::system::error_code& error) {
                          if (const auto state = self.lock(); state && !error) state->stop();
                        });
  }

  void stop() {
    telemetry::log_info("shutdown_requested", {{"by", StopSignals::any() ? "signal" : "request"}});
    asked.store(true);
    stopping = true;
    stopped.cancel();
    for (auto& callback : std::exchange(callbacks, {})) callback();
  }

  static asio::awaitable<void> wait(std::shared_ptr<State> state) {
    if (state->stopping) co_return;
    boost::system::error_code ended;
    co_await state->stopped.async_wait(asio::redirect_error(asio::use_awaitable, ended));
    // The timer never expires: the stop has cancelled it, or else somebody has cancelled this task.
    if (!state->stopping) throw boost::system::system_error(asio::error::operation_aborted);
  }

  asio::posix::stream_descriptor readable;
  asio::steady_timer stopped;
  std::vector<Job> callbacks;
  bool stopping = false;
  std::atomic<bool> asked = false;
};

Shutdown::Shutdown(EventLoop& loop)
    : loop_(loop), signals_(std::make_unique<StopSignals>()), state_(std::make_shared<State>(loop)) {
  state_->watch();
}

Shutdown::~Shutdown() = default;

void Shutdown::on_stop(Job stop) {
  if (state_->stopping) {
    loop_.post(std::move(stop));
  } else {
    state_->callbacks.push_back(std::move(stop));
  }
}

boost::asio::awaitable<void> Shutdown::wait() { return State::wait(state_); }

void Shutdown::request() {
  state_->asked.store(true);
  StopSignals::first().signal();
}

bool Shutdown::requested() const noexcept { return state_->asked.load() || StopSignals::any(); }

}  // namespace waybill::runtime
