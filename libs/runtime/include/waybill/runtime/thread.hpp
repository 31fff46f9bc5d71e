#pragma once

#include <string>
#include <thread>

#include "waybill/runtime/job.hpp"

namespace waybill::runtime {

/// A thread with a name, joined when it goes out of scope.
///
/// Promises: its name is seen by ps, top and debuggers (the kernel keeps the first 15 bytes). The signals
/// that are sent to a process are blocked in it, so that they interrupt none of its system calls and are
/// handled elsewhere. An exception that escapes the body ends the process, after a message with the thread's
/// name: nothing is swallowed. Does not promise: an end. The body must be told to return; the destructor
/// waits for it. Concurrency: the object belongs to one thread at a time, and must not be joined by its own
/// body (ENSURE).
class Thread {
 public:
  Thread() = default;
  Thread(std::string name, Job body);
  ~Thread();

  Thread(Thread&& other) noexcept = default;
  /// Joins what it was before.
  Thread& operator=(Thread&& other) noexcept;

  /// Waits for the body to return; nothing to do when there is none.
  void join();

  bool running() const { return thread_.joinable(); }
  bool is_this_thread() const { return thread_.get_id() == std::this_thread::get_id(); }
  const std::string& name() const { return name_; }

 private:
  std::string name_;
  std::thread thread_;
};

/// The name of the calling thread as the kernel has it.
std::string this_thread_name();

}  // namespace waybill::runtime
