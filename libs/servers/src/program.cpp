#include "waybill/servers/program.hpp"

#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstring>
#include <map>
#include <stdexcept>

#include "waybill/runtime/file_descriptor.hpp"

extern char** environ;

namespace waybill::servers {
namespace {

std::vector<std::string> environment_with(const std::vector<std::pair<std::string, std::string>>& variables) {
  std::map<std::string, std::string> all;
  for (char** variable = environ; *variable != nullptr; ++variable) {
    const std::string text = *variable;
    const auto equals = text.find('=');
    if (equals != std::string::npos) all[text.substr(0, equals)] = text.substr(equals + 1);
  }
  for (const auto& [name, value] : variables) all[name] = value;
  std::vector<std::string> environment;
  for (const auto& [name, value] : all) environment.push_back(name + "=" + value);
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
                 const std::vector<std::pair<std::string, std::string>>& variables) {
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
    : id_(std::exchange(other.id_, -1)), end_(std::exchange(other.end_, std::nullopt)) {}

Program& Program::operator=(Program&& other) noexcept {
  std::swap(id_, other.id_);
  std::swap(end_, other.end_);
  return *this;
}

Program::~Program() {
  if (id_ < 0 || ended()) return;
  kill(id_, SIGKILL);
  waitpid(id_, nullptr, 0);
}

std::optional<Program::End> Program::ended() {
  if (end_) return end_;
  int status = 0;
  if (waitpid(id_, &status, WNOHANG) != id_) return std::nullopt;
  end_ = WIFSIGNALED(status) ? End{0, WTERMSIG(status)} : End{WEXITSTATUS(status), 0};
  return end_;
}

std::optional<Program::End> Program::wait(base::Deadline deadline) {
  if (ended()) return end_;
  const runtime::FileDescriptor handle(static_cast<int>(syscall(SYS_pidfd_open, id_, 0)));
  pollfd ready{handle.get(), POLLIN, 0};
  while (!ended() && !deadline.passed()) {
    poll(&ready, 1, static_cast<int>(deadline.remaining_ms(std::chrono::seconds{10}).count()));
  }
  return end_;
}

void Program::send_signal(int signal) {
  if (!ended()) kill(id_, signal);
}

}  // namespace waybill::servers
