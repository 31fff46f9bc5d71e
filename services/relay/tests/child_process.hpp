#pragma once

#include <sys/types.h>

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace waybill::relay::testing {

/// A program that this test has started, and kills when it is done with it.
class ChildProcess {
 public:
  /// With these variables and no other of the name WAYBILL_*. What it prints goes where this process's does.
  ChildProcess(const std::string& program, const std::vector<std::string>& arguments,
               const std::map<std::string, std::string>& environment);
  ~ChildProcess();
  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;

  void send(int signal) const;
  /// Its exit status, or 128 and the number of the signal that ended it; nothing while it runs.
  std::optional<int> ended();
  /// Waits for that; -1 when it takes longer than half a minute.
  int wait();

 private:
  pid_t pid_ = -1;
  std::optional<int> status_;
};

}  // namespace waybill::relay::testing
