#include "child_process.hpp"

#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <string_view>
#include <system_error>

#include "waybill/testkit/eventually.hpp"

namespace waybill::relay::testing {
namespace {

std::vector<char*> pointers_to(std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  for (auto& text : texts) pointers.push_back(text.data());
  pointers.push_back(nullptr);
  return pointers;
}

}  // namespace

ChildProcess::ChildProcess(const std::string& program, const std::vector<std::string>& arguments,
                           const std::map<std::string, std::string>& environment) {
  std::vector<std::string> words{program};
  words.insert(words.end(), arguments.begin(), arguments.end());
  std::vector<std::string> variables;
  for (char** each = environ; *each != nullptr; ++each) {
    if (!std::string_view(*each).starts_with("WAYBILL_")) variables.emplace_back(*each);
  }
  for (const auto& [name, value] : environment) variables.push_back(name + "=" + value);
  const int error = posix_spawn(&pid_, program.c_str(), nullptr, nullptr, pointers_to(words).data(),
                                pointers_to(variables).data());
  if (error != 0) throw std::system_error(error, std::generic_category(), program);
}

ChildProcess::~ChildProcess() {
  if (ended()) return;
  send(SIGKILL);
  wait();
}

void ChildProcess::send(int signal) const {
  if (!status_) kill(pid_, signal);
}

std::optional<int> ChildProcess::ended() {
  int status = 0;
  if (!status_ && waitpid(pid_, &status, WNOHANG) == pid_) {
    status_ = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
  }
  return status_;
}

int ChildProcess::wait() {
  const bool has_ended = bool(testkit::eventually([this] { return ended().has_value(); }));
  return has_ended ? *status_ : -1;
}

}  // namespace waybill::relay::testing
