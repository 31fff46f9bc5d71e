#include "waybill/servers/program.hpp"

#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstring>
#include <stdexcept>
#include <utility>

#include "waybill/runtime/file_descriptor.hpp"

extern char** environ;

namespace waybill::servers {
namespace {

std::vector<std::string> environment_with(const std::map<std::string, std::string>& variables) {
  std::map<std::string, std::string> all = variables;
  for (char** variable = environ; *variable != nullptr; ++variable) {
    const std::string text = *variable;
    const auto equals = text.find('=');
    if (equals == std::string::npos || text.starts_with("WAYBILL_")) continue;
    all.try_emplace(text.substr(0, equals), text.substr(equals + 1));
  }
  std::vector<std::string> environment;
  for (const auto& [name, value] : all) environment.emplace_back(name).append(1, '=').append(value);
  return environment;
}

std::vector<char*> pointers_to(std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  for (auto& text : texts) pointers.push_back(text.data());
  pointers.push_back(nullptr);
  return pointers;
}

}  // namespace

Program::Program(const std::string& path, const std::vector<std::string>& arguments,
                 const std::map<std::string, std::string>& variables) {
  std::vector<std::string> words{path};
  words.insert(words.end(), arguments.begin(), arguments.end());
  auto environment = environment_with(variables);
  const auto argv = pointers_to(words);
  const auto envp = pointers_to(environment);
  const pid_t parent = getpid();
  id_ = fork();
  if (id_ < 0) throw std::runtime_error(path + " cannot be started: " + std::strerror(errno));
  if (id_ == 0) {
    // Between fork and exec, only what is safe in a process with threads.
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent) _exit(127);
    execve(path.c_str(), argv.data(), envp.data());
    _exit(127);
  }
}

Program::Program(Program&& other) noexcept
    : id_(std::exchange(other.id_, -1)), status_(std::exchange(other.status_, std::nullopt)) {}

Program& Program::operator=(Program&& other) noexcept {
  std::swap(id_, other.id_);
  std::swap(status_, other.status_);
  return *this;
}

Program::~Program() {
  if (id_ < 0 || ended()) return;
  kill(id_, SIGKILL);
  waitpid(id_, nullptr, 0);
}

std::optional<int> Program::ended() {
  int status = 0;
  if (!status_ && waitpid(id_, &status, WNOHANG) == id_) {
    status_ = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
  }
  return status_;
}

std::optional<int> Program::wait(base::Deadline deadline) {
  if (ended()) return status_;
  const runtime::FileDescriptor handle(static_cast<int>(syscall(SYS_pidfd_open, id_, 0)));
  pollfd ready{handle.get(), POLLIN, 0};
  while (!ended() && !deadline.passed()) {
    poll(&ready, 1, static_cast<int>(deadline.remaining_ms(std::chrono::seconds{10}).count()));
  }
  return status_;
}

void Program::send(int signal) {
  if (!ended()) kill(id_, signal);
}

}  // namespace waybill::servers
