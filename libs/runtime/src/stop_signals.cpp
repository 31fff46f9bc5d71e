#include "stop_signals.hpp"

#include <unistd.h>

#include <atomic>
#include <string_view>

#include "waybill/base/ensure.hpp"

namespace waybill::runtime {
namespace {

std::atomic<bool> claimed = false;
std::atomic<int> seen = 0;
static_assert(std::atomic<int>::is_always_lock_free, "a signal handler may not take a lock");

void say(std::string_view text) {
  [[maybe_unused]] const auto written = ::write(STDERR_FILENO, text.data(), text.size());
}

}  // namespace

Disposition::Disposition(int signal, void (*handler)(int)) : signal_(signal) {
  struct sigaction action {};
  action.sa_handler = handler;
  action.sa_flags = SA_RESTART;
  sigemptyset(&action.sa_mask);
  ENSURE(::sigaction(signal, &action, &before_) == 0);
}

Disposition::~Disposition() { ::sigaction(signal_, &before_, nullptr); }

EventFd& StopSignals::first() {
  // Never destroyed: a handler may still be running on another thread when the Shutdown that it served is
  // gone.
  static EventFd* const event = new EventFd;
  return *event;
}

bool StopSignals::any() { return seen.load() > 0; }

StopSignals::Claim::Claim() {
  ENSURE(!claimed.exchange(true), "a process has one Shutdown at a time");
  // Made before a handler may need it, since a handler can make nothing.
  first().drain();
  seen.store(0);
}

StopSignals::Claim::~Claim() { claimed.store(false); }

// The second signal is not left to the loop, which may be the very thing that is stuck.
void StopSignals::handle(int signal) {
  if (seen.fetch_add(1) == 0) {
    first().signal();
    return;
  }
  say(signal == SIGINT ? "a second SIGINT" : "a second SIGTERM");
  say(": the process ends at once, without finishing what it was doing\n");
  ::_exit(128 + signal);
}

}  // namespace waybill::runtime
