#include "waybill/runtime/thread.hpp"

#include <pthread.h>
#include <signal.h>

#include <array>
#include <cstdio>
#include <exception>

namespace waybill::runtime {
namespace {

constexpr std::size_t kernel_name_bytes = 15;

/// Blocks, for as long as it lives, the signals that are sent to a process as a whole. A new thread inherits
/// the mask. Those that a thread's own instructions raise stay open, or a crash would not reach its handler;
/// SIGPROF is a profiler's.
class SignalsBlocked {
 public:
  SignalsBlocked() {
    sigset_t blocked;
    sigfillset(&blocked);
    for (const int own : {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGTRAP, SIGSYS, SIGPROF})
      sigdelset(&blocked, own);
    ENSURE(pthread_sigmask(SIG_SETMASK, &blocked, &before_) == 0);
  }
  ~SignalsBlocked() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
  SignalsBlocked(const SignalsBlocked&) = delete;
  SignalsBlocked& operator=(const SignalsBlocked&) = delete;

 private:
  sigset_t before_;
};

[[noreturn]] void die_of_exception(const std::string& name, const char* what) noexcept {
  std::fprintf(stderr, "thread '%s': an exception escaped: %s; this is a bug, so the process ends here\n",
               name.c_str(), what);
  std::fflush(stderr);
  std::abort();
}

void run_body(const std::string& name, Job body) noexcept {
  pthread_setname_np(pthread_self(), name.substr(0, kernel_name_bytes).c_str());
  try {
    body();
  } catch (const std::exception& error) {
    die_of_exception(name, error.what());
  } catch (...) {
    die_of_exception(name, "not a std::exception");
  }
}

}  // namespace

Thread::Thread(std::string name, Job body) : name_(std::move(name)) {
  ENSURE(!name_.empty(), "a thread is found by its name");
  const SignalsBlocked during_creation;
  thread_ = std::thread(run_body, name_, std::move(body));
}

Thread::~Thread() { join(); }

Thread& Thread::operator=(Thread&& other) noexcept {
  if (this == &other) return *this;
  join();
  name_ = std::move(other.name_);
  thread_ = std::move(other.thread_);
  return *this;
}

void Thread::join() {
  if (!thread_.joinable()) return;
  ENSURE(!is_this_thread(), "a thread that joins itself waits for ever");
  thread_.join();
}

std::string this_thread_name() {
  std::array<char, kernel_name_bytes + 1> name{};
  pthread_getname_np(pthread_self(), name.data(), name.size());
  return name.data();
}

}  // namespace waybill::runtime
