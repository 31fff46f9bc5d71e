#pragma once

#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

#include "waybill/testkit/temporary_directory.hpp"

namespace waybill::runbook::testing {

/// A page of docs/runbooks, held to its word: its commands are run as they stand there, by bash, with
/// RabbitMQ's tools for the broker that the test run shares.
///
/// A block of the page that is marked `sh` is run, and is called by its first line, a comment. The block
/// marked `text` right behind it is what it prints, where `…` is anything; without one it prints nothing. A
/// block that begins with `# set:` is run before each of the others that follow, in the same shell.
class Runbook {
 public:
  /// Replaces what the page says of a place by what it is here: each must stand in the page once.
  Runbook(const std::string& page, const std::map<std::string, std::string>& here);

  /// Runs a block, once: it succeeds and prints what the page says.
  ::testing::AssertionResult prints(const std::string& title);
  /// The same, again and again until it does.
  ::testing::AssertionResult comes_to_print(const std::string& title);

  /// Runs what is not on the page, in the same shell.
  void type(const std::string& commands) const { run(commands); }

  const std::string& text() const { return text_; }
  /// What is on the page and was not run.
  std::vector<std::string> left() const;

 private:
  struct Block {
    std::string commands;
    std::string promised;
    bool is_run = false;
  };
  struct Done {
    int status = 0;
    std::string printed;
  };
  void read();
  void give_tools();
  Done run(const std::string& commands) const;

  std::string text_;
  std::string settings_;
  std::map<std::string, Block> blocks_;
  testkit::TemporaryDirectory home_;
};

/// Whether the text is the pattern, in which `…` is anything.
bool fits(const std::string& text, const std::string& pattern);

}  // namespace waybill::runbook::testing
