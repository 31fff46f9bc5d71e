#include "runbook.hpp"

#include <sys/stat.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <stdexcept>

#include "waybill/testkit/eventually.hpp"

namespace waybill::runbook::testing {
namespace {

constexpr std::string_view anything = "…";

std::string read_file(const std::string& path) {
  std::ifstream file(path);
  std::ostringstream text;
  text << file.rdbuf();
  if (!file) throw std::runtime_error(path + " cannot be read");
  return text.str();
}

void replace_once(std::string& text, const std::string& there, const std::string& here) {
  const auto at = text.find(there);
  if (at == std::string::npos || text.find(there, at + 1) != std::string::npos) {
    throw std::runtime_error("the page should say '" + there + "' once");
  }
  text.replace(at, there.size(), here);
}

/// The lines up to the end of the block; the stream stands behind it.
std::string take_block(std::istream& lines) {
  std::string block;
  for (std::string line; std::getline(lines, line) && line != "```";) block += line + "\n";
  return block;
}

std::string stack_directory() {
  const char* directory = std::getenv("WAYBILL_STACK_DIR");
  if (directory == nullptr) {
    throw std::runtime_error("WAYBILL_STACK_DIR is not set: run scripts/stack up, then eval its env");
  }
  return directory;
}

}  // namespace

bool fits(const std::string& text, const std::string& pattern) {
  std::size_t at = 0;
  for (std::size_t begin = 0;;) {
    const auto end = pattern.find(anything, begin);
    const bool is_last = end == std::string::npos;
    const auto piece = pattern.substr(begin, is_last ? end : end - begin);
    if (begin == 0 && is_last) return text == piece;
    const auto found = is_last ? (text.size() >= at + piece.size() ? text.size() - piece.size() : text.npos)
                               : text.find(piece, at);
    if (found == std::string::npos || (begin == 0 && found != 0)) return false;
    if (text.compare(found, piece.size(), piece) != 0) return false;
    if (is_last) return true;
    at = found + piece.size();
    begin = end + anything.size();
  }
}

Runbook::Runbook(const std::string& page, const std::map<std::string, std::string>& here)
    : text_(read_file(WAYBILL_RUNBOOKS "/" + page)) {
  for (const auto& [there, instead] : here) replace_once(text_, there, instead);
  read();
  give_tools();
}

void Runbook::read() {
  std::istringstream lines(text_);
  Block* last = nullptr;
  for (std::string line; std::getline(lines, line);) {
    if (line == "```sh") {
      auto commands = take_block(lines);
      const auto title = commands.substr(0, commands.find('\n'));
      if (!title.starts_with("# ")) throw std::runtime_error("a block without a title: " + commands);
      if (title.starts_with("# set: ")) {
        settings_ += commands;
        last = nullptr;
        continue;
      }
      const auto [block, is_new] = blocks_.try_emplace(title.substr(2), Block{std::move(commands), {}});
      if (!is_new) throw std::runtime_error("two blocks have the title " + title);
      last = &block->second;
    } else if (line == "```text") {
      if (last == nullptr) throw std::runtime_error("a promise without a command in front of it");
      last->promised = take_block(lines);
      last = nullptr;
    } else if (line.starts_with("```")) {
      throw std::runtime_error("a block of another kind: " + line);
    } else {
      last = nullptr;
    }
  }
}

void Runbook::give_tools() {
  for (const std::string tool : {"rabbitmqctl", "rabbitmq-plugins"}) {
    const auto file = home_.write(tool, "#!/bin/sh\nexec '" WAYBILL_STACK_SCRIPT "' --dir '" +
                                            stack_directory() + "' tool " + tool + " \"$@\"\n");
    ::chmod(file.c_str(), 0755);
  }
}

Runbook::Done Runbook::run(const std::string& commands) const {
  const auto home = home_.path().string();
  const auto script = home_.write("commands", "set -euo pipefail\nexport HOME='" + home + "' PATH='" + home +
                                                  "':\"$PATH\"\ncd\n" + settings_ + commands);
  auto* pipe = ::popen(("bash '" + script + "' 2>&1").c_str(), "r");
  if (pipe == nullptr) throw std::runtime_error("bash cannot be started");
  Done done;
  std::array<char, 4096> part{};
  while (const auto size = std::fread(part.data(), 1, part.size(), pipe)) {
    done.printed.append(part.data(), size);
  }
  done.status = ::pclose(pipe);
  return done;
}

::testing::AssertionResult Runbook::prints(const std::string& title) {
  auto& block = blocks_.at(title);
  block.is_run = true;
  const auto done = run(block.commands);
  if (done.status == 0 && fits(done.printed, block.promised)) return ::testing::AssertionSuccess();
  return ::testing::AssertionFailure() << title << " ended with status " << done.status << ", and printed\n"
                                       << done.printed << "where the page says\n"
                                       << block.promised;
}

::testing::AssertionResult Runbook::comes_to_print(const std::string& title) {
  auto last = ::testing::AssertionFailure();
  return testkit::eventually([&] { return static_cast<bool>(last = prints(title)); },
                             [&] { return std::string(last.message()); }, std::chrono::seconds{60});
}

std::vector<std::string> Runbook::left() const {
  std::vector<std::string> titles;
  for (const auto& [title, block] : blocks_) {
    if (!block.is_run) titles.push_back(title);
  }
  return titles;
}

}  // namespace waybill::runbook::testing
