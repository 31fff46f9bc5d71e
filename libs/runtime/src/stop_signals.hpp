#pragma once

#include <signal.h>

#include "waybill/runtime/event_fd.hpp"

namespace waybill::runtime {

/// Sets what one signal does, for as long as it lives.
class Disposition {
 public:
  Disposition(int signal, void (*handler)(int));
  ~Disposition();
  Disposition(const Disposition&) = delete;
  Disposition& operator=(const Disposition&) = delete;

 private:
  int signal_;
  struct sigaction before_ {};
};

/// The process's handling of SIGTERM, SIGINT, SIGPIPE and SIGHUP as Shutdown describes it. One at a time
/// (ENSURE).
class StopSignals {
 public:
  /// Readable once a stop signal has come.
  static EventFd& first();
  static bool any();

 private:
  struct Claim {
    Claim();
    ~Claim();
  };
  static void handle(int signal);

  Claim claim_;
  Disposition terminate_{SIGTERM, handle};
  Disposition interrupt_{SIGINT, handle};
  Disposition broken_pipe_{SIGPIPE, SIG_IGN};
  Disposition hang_up_{SIGHUP, SIG_IGN};
};

}  // namespace waybill::runtime
