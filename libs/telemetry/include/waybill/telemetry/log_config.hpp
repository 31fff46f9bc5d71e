#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "waybill/base/clock.hpp"
#include "waybill/telemetry/log.hpp"

namespace waybill::telemetry {

/// json is for machines: one object a line. console is for a person's terminal: aligned, and coloured when
/// standard error is a terminal and NO_COLOR is not set.
enum class LogFormat { json, console };

/// Takes one whole line, without its line break. Calls are made one at a time. It must not log.
using LogSink = std::function<void(std::string_view line)>;

struct LogConfig {
  LogFormat format = LogFormat::console;
  Level level = Level::info;
  /// The name of the service, written on every line.
  std::string service = {};
  /// Where lines go: standard error when empty.
  LogSink sink = {};
  /// Must outlive the logging.
  const base::Clock* clock = &base::system_clock();
};

/// Sets the process's one logger; until then it is a console at level info. Meant to be called once, at the
/// start of main, but may be called at any time from any thread: a line is written wholly under the old or
/// the new configuration.
void configure_log(LogConfig config);

/// "debug", "info", "warn" or "error"; nothing for any other word.
std::optional<Level> parse_level(std::string_view word);
/// "json" or "console"; nothing for any other word.
std::optional<LogFormat> parse_log_format(std::string_view word);
std::string_view to_string(Level level);
std::string_view to_string(LogFormat format);

}  // namespace waybill::telemetry
