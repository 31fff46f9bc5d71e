#include "command.hpp"

#include <fcntl.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <system_error>

#include "waybill/base/ensure.hpp"
#include "waybill/runtime/file_descriptor.hpp"

namespace waybill::servers {
namespace {

/// Where a program writes to: memory, not a pipe, whose end would only come when every process that inherited
/// it is gone.
class Capture {
 public:
  explicit Capture(const char* name) : file_(::memfd_create(name, MFD_CLOEXEC)) {
    if (file_.get() < 0) throw std::system_error(errno, std::generic_category(), "memfd_create");
  }

  int descriptor() const { return file_.get(); }

  std::string text() const {
    std::string text;
    std::array<char, 4096> piece{};
    for (::off_t offset = 0;;) {
      const auto read = ::pread(file_.get(), piece.data(), piece.size(), offset);
      if (read <= 0) return text;
      text.append(piece.data(), static_cast<std::size_t>(read));
      offset += read;
    }
  }

 private:
  runtime::FileDescriptor file_;
};

struct Redirections {
  Redirections(const Capture& output, const Capture& errors) {
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&actions, output.descriptor(), STDOUT_FILENO);
    posix_spawn_file_actions_adddup2(&actions, errors.descriptor(), STDERR_FILENO);
  }
  ~Redirections() { posix_spawn_file_actions_destroy(&actions); }
  Redirections(const Redirections&) = delete;
  Redirections& operator=(const Redirections&) = delete;

  posix_spawn_file_actions_t actions{};
};

int wait_for_end(::pid_t pid) {
  int status = 0;
  while (::waitpid(pid, &status, 0) < 0) ENSURE(errno == EINTR);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

}  // namespace

CommandResult run_command(const std::vector<std::string>& command) {
  ENSURE(!command.empty());
  const Capture output("output");
  const Capture errors("errors");
  const Redirections redirections(output, errors);
  std::vector<char*> arguments;
  arguments.reserve(command.size() + 1);
  for (const auto& argument : command) arguments.push_back(const_cast<char*>(argument.c_str()));
  arguments.push_back(nullptr);
  ::pid_t pid = 0;
  const int failed =
      posix_spawnp(&pid, arguments.front(), &redirections.actions, nullptr, arguments.data(), environ);
  if (failed != 0) throw std::system_error(failed, std::generic_category(), "cannot run " + command.front());
  const int status = wait_for_end(pid);
  return {status, output.text(), errors.text()};
}

}  // namespace waybill::servers
