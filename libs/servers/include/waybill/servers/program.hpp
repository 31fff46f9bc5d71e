#pragma once

#include <sys/types.h>

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "waybill/base/deadline.hpp"

namespace waybill::servers {

/// A process of the program under test, as somebody at a shell would start it.
///
/// Promises: it is killed and waited for at the end, and dies with the test's process. What it writes goes to
/// the test's own output. Concurrency: one thread.
class Program {
 public:
  /// It gets these variables, and of this process's own those whose names do not begin with WAYBILL_. Throws
  /// std::runtime_error when it cannot be started.
  Program(const std::string& path, const std::vector<std::string>& arguments,
          const std::map<std::string, std::string>& variables = {});
  ~Program();
  Program(Program&& other) noexcept;
  Program& operator=(Program&& other) noexcept;

  /// Its exit status, or 128 and the number of the signal that ended it; nothing while it runs.
  std::optional<int> ended();
  /// Waits for that; nothing at the deadline.
  std::optional<int> wait(base::Deadline deadline = base::Deadline::after(std::chrono::seconds{60}));
  void send(int signal);

 private:
  pid_t id_ = -1;
  std::optional<int> status_;
};

}  // namespace waybill::servers
