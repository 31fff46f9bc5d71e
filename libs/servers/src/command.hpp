#pragma once

#include <string>
#include <vector>

namespace waybill::servers {

struct CommandResult {
  int status = 0;  ///< the exit status; 128 and the signal's number when one ended it
  std::string output;
  std::string errors;
};

/// Runs a program with its arguments, found by its path or in PATH, with nothing on its standard input, and
/// waits for its end. Processes that it leaves behind are not waited for. Throws std::system_error when it
/// cannot be started.
CommandResult run_command(const std::vector<std::string>& command);

}  // namespace waybill::servers
