#pragma once

#include "waybill/runtime/file_descriptor.hpp"

namespace waybill::runtime {

/// Wakes a thread that waits in poll(2): the descriptor is readable from the first signal() until drain().
///
/// Promises: a signal before the poll is not lost; any number of signals before a drain count as one; neither
/// call blocks. Everything written before signal() is seen by the thread whose drain() returned true for it.
/// Concurrency: signal() from any thread and from a signal handler; drain() from one thread.
class EventFd {
 public:
  /// Throws std::system_error when the process has no descriptor left.
  EventFd();

  int descriptor() const noexcept { return descriptor_.get(); }
  void signal() noexcept;
  /// Forgets the signals up to now; says whether there were any.
  bool drain() noexcept;

 private:
  FileDescriptor descriptor_;
};

}  // namespace waybill::runtime
