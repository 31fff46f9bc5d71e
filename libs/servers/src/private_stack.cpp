#include "private_stack.hpp"

#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <iostream>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <system_error>

#include "command.hpp"

namespace waybill::servers {
namespace {

std::filesystem::path fresh_directory() {
  auto name = (std::filesystem::temp_directory_path() / "waybill-servers-XXXXXX").string();
  if (::mkdtemp(name.data()) == nullptr)
    throw std::system_error(errno, std::generic_category(), "cannot make " + name);
  return name;
}

}  // namespace

PrivateStack::PrivateStack(std::vector<std::string> what) : directory_(fresh_directory()) {
  std::vector<std::string> up{"up", "--until", std::to_string(::getpid())};
  up.insert(up.end(), what.begin(), what.end());
  try {
    run(up);
  } catch (...) {
    std::error_code ignored;
    std::filesystem::remove_all(directory_, ignored);
    throw;
  }
}

PrivateStack::~PrivateStack() {
  try {
    script({"reset"});
    std::filesystem::remove_all(directory_);
  } catch (const std::exception& fault) {
    std::cerr << "servers in " << directory_ << " are left behind: " << fault.what() << "\n";
  }
}

std::string PrivateStack::run(const std::vector<std::string>& arguments) {
  const std::scoped_lock lock(running_);
  auto said = script(arguments);
  if (arguments.front() == "up" || arguments.front() == "start") read_environment();
  return said;
}

std::string PrivateStack::variable(const std::string& name) const {
  const std::scoped_lock lock(reading_);
  const auto found = environment_.find(name);
  if (found == environment_.end())
    throw std::runtime_error("scripts/stack knows no " + name + " of these servers");
  return found->second;
}

std::string PrivateStack::script(const std::vector<std::string>& arguments) const {
  std::vector<std::string> command{WAYBILL_STACK_SCRIPT, "--dir", directory_.string()};
  command.insert(command.end(), arguments.begin(), arguments.end());
  auto result = run_command(command);
  if (result.status == 0) return std::move(result.output);
  throw std::runtime_error("scripts/stack " + arguments.front() + " ended with status " +
                           std::to_string(result.status) + ":\n" + result.output + result.errors);
}

void PrivateStack::read_environment() {
  // What is down at the moment is not told of, and keeps the value it had.
  const auto told = run_command({WAYBILL_STACK_SCRIPT, "--dir", directory_.string(), "env", "--json"});
  if (told.status != 0) return;
  const auto variables = nlohmann::json::parse(told.output).get<std::map<std::string, std::string>>();
  const std::scoped_lock lock(reading_);
  for (const auto& [name, value] : variables) environment_.insert_or_assign(name, value);
}

}  // namespace waybill::servers
