#pragma once

#include <sys/types.h>

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "waybill/base/deadline.hpp"

namespace waybill::servers {

/// A process of the program under test, as somebody at a shell would start it.
///
/// Promises: it is killed and waited for at the end, and dies with the test's process. What it writes goes to
/// the test's own output. Concurrency: one thread.
class Program {
 public:
  /// How a process ended: by exit(code), or by a signal.
  struct End {
    int exit_code = 0;
    int signal = 0;
    friend bool operator==(const End&, const End&) = default;
  };

  /// The variables are added to those of this process. Throws std::runtime_error when it cannot be started.
  Program(const std::string& path, const std::vector<std::string>& arguments,
          const std::vector<std::pair<std::string, std::string>>& variables = {});
  ~Program();
  Program(Program&& other) noexcept;
  Program& operator=(Program&& other) noexcept;

  pid_t id() const { return id_; }
  /// Nothing while it runs.
  std::optional<End> ended();
  /// Waits for its end until the deadline.
  std::optional<End> wait(base::Deadline deadline);
  void send_signal(int signal);

 private:
  pid_t id_ = -1;
  std::optional<End> end_;
};

}  // namespace waybill::servers
