#pragma once

#include <functional>
#include <string>
#include <vector>

#include "waybill/runtime/configuration.hpp"
#include "waybill/runtime/schema.hpp"

namespace waybill::service {

/// What `check` found of one thing.
struct CheckLine {
  std::string subject{};  ///< "database"
  bool is_good = false;
  std::string detail{};  ///< what was found; else what is wrong, and what to do
};

/// A word of one executable, which prints something that it knows without any configuration.
struct PrintedWord {
  std::string word{};
  std::string about{};  ///< for --help: "draws the saga of an order"
  std::function<std::string()> print{};
};

/// An executable, as those who start it see it: all of them take the same words.
///
///   <name> [run]         does its work until SIGTERM
///   <name> migrate       brings the tables of its databases up to date, and says what that was
///   <name> check         whether it could run: servers, tables, topology
///   <name> config show   the configuration, and where each value comes from; no secret. With --json as JSON
///   <name> new-key ID    a key for a client, where the executable has any
///   <name> …              what else it prints of itself, such as a saga's picture
///   <name> --help | --version
///
/// Exit status: 0; 1 when the work failed, or a check is not good; 2 when words or configuration are refused,
/// before anything was done.
struct Program {
  std::string name{};
  std::string version{};
  std::string about{};  ///< one sentence
  bool has_keys = false;
  std::vector<PrintedWord> prints{};
  runtime::Schema settings{};
  std::function<void(const runtime::Configuration&)> run{};
  /// What was applied, a line each.
  std::function<std::vector<std::string>(const runtime::Configuration&)> migrate{};
  std::function<std::vector<CheckLine>(const runtime::Configuration&)> check{};
};

/// The whole of main(): reads words and configuration, does what is asked, and says on standard error why it
/// could not.
int run_program(int argc, const char* const* argv, const Program& program);

}  // namespace waybill::service
