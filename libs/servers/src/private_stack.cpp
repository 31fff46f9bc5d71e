#include "private_stack.hpp"

#include <unistd.h>

#include <iostream>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "command.hpp"

namespace waybill::servers {

PrivateStack::PrivateStack(const std::vector<std::string>& what) {
  std::vector<std::string> up{"up", "--until", std::to_string(::getpid())};
  up.insert(up.end(), what.begin(), what.end());
  run(up);
}

PrivateStack::~PrivateStack() {
  try {
    script({"reset"});
  } catch (const std::exception& fault) {
    directory_.keep();
    std::cerr << "servers in " << directory_.path() << " are left behind: " << fault.what() << "\n";
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
  std::vector<std::string> command{WAYBILL_STACK_SCRIPT, "--dir", directory_.path().string()};
  command.insert(command.end(), arguments.begin(), arguments.end());
  auto result = run_command(command);
  if (result.status == 0) return std::move(result.output);
  throw std::runtime_error("scripts/stack " + arguments.front() + " ended with status " +
                           std::to_string(result.status) + ":\n" + result.output + result.errors);
}

void PrivateStack::read_environment() {
  // What is down at the moment is not told of, and keeps the value it had.
  const auto told = run_command({WAYBILL_STACK_SCRIPT, "--dir", directory_.path().string(), "env", "--json"});
  if (told.status != 0) return;
  const auto variables = nlohmann::json::parse(told.output).get<std::map<std::string, std::string>>();
  const std::scoped_lock lock(reading_);
  for (const auto& [name, value] : variables) environment_.insert_or_assign(name, value);
}

}  // namespace waybill::servers
