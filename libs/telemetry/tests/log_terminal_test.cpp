#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>
#include <unistd.h>

#include <array>
#include <string>

#include "waybill/base/ensure.hpp"
#include "waybill/telemetry/log_config.hpp"

namespace waybill::telemetry {
namespace {

// Standard error on a pseudo-terminal while it lives; what is written there can be read.
class Terminal {
 public:
  Terminal() : master_(::posix_openpt(O_RDWR | O_NOCTTY)), before_(::dup(STDERR_FILENO)) {
    ENSURE(master_ >= 0 && ::grantpt(master_) == 0 && ::unlockpt(master_) == 0);
    const int slave = ::open(::ptsname(master_), O_RDWR | O_NOCTTY);
    ENSURE(slave >= 0 && ::dup2(slave, STDERR_FILENO) >= 0);
    ::close(slave);
  }
  ~Terminal() {
    ::dup2(before_, STDERR_FILENO);
    ::close(before_);
    ::close(master_);
  }
  Terminal(const Terminal&) = delete;
  Terminal& operator=(const Terminal&) = delete;

  std::string read_line() const {
    std::array<char, 4'096> buffer{};
    const auto size = ::read(master_, buffer.data(), buffer.size());
    return {buffer.data(), static_cast<std::size_t>(size < 0 ? 0 : size)};
  }

 private:
  int master_;
  int before_;
};

class LogTerminal : public testing::Test {
 protected:
  void SetUp() override { ::unsetenv("NO_COLOR"); }
  void TearDown() override {
    ::unsetenv("NO_COLOR");
    configure_log({});
  }

  static std::string line_shown_on_a_terminal(LogFormat format) {
    const Terminal terminal;
    configure_log({.format = format});
    log_info("started");
    return terminal.read_line();
  }
};

TEST_F(LogTerminal, shows_colour_to_a_person) {
  EXPECT_THAT(line_shown_on_a_terminal(LogFormat::console), testing::HasSubstr("\x1b[32mINFO"));
}

TEST_F(LogTerminal, respects_no_color) {
  ::setenv("NO_COLOR", "1", 1);
  const auto line = line_shown_on_a_terminal(LogFormat::console);
  EXPECT_THAT(line, testing::HasSubstr("started"));
  EXPECT_THAT(line, testing::Not(testing::HasSubstr("\x1b")));
}

TEST_F(LogTerminal, takes_an_empty_no_color_for_none) {
  ::setenv("NO_COLOR", "", 1);
  EXPECT_THAT(line_shown_on_a_terminal(LogFormat::console), testing::HasSubstr("\x1b["));
}

TEST_F(LogTerminal, never_colours_json) {
  EXPECT_THAT(line_shown_on_a_terminal(LogFormat::json), testing::Not(testing::HasSubstr("\x1b")));
}

TEST_F(LogTerminal, never_colours_a_file) {
  testing::internal::CaptureStderr();
  configure_log({});
  log_info("started");
  EXPECT_THAT(testing::internal::GetCapturedStderr(), testing::Not(testing::HasSubstr("\x1b")));
}

}  // namespace
}  // namespace waybill::telemetry
