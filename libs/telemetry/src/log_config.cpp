#include "waybill/telemetry/log_config.hpp"

#include <utility>

#include "log_backend.hpp"
#include "waybill/base/ensure.hpp"

namespace waybill::telemetry {

void configure_log(LogConfig config) {
  ENSURE(config.clock != nullptr, "a log needs a clock");
  detail::exchange_log_config(std::move(config));
}

std::optional<Level> parse_level(std::string_view word) {
  for (const auto level : {Level::debug, Level::info, Level::warn, Level::error}) {
    if (word == to_string(level)) return level;
  }
  return std::nullopt;
}

std::optional<LogFormat> parse_log_format(std::string_view word) {
  for (const auto format : {LogFormat::json, LogFormat::console}) {
    if (word == to_string(format)) return format;
  }
  return std::nullopt;
}

std::string_view to_string(Level level) {
  switch (level) {
    case Level::debug:
      return "debug";
    case Level::info:
      return "info";
    case Level::warn:
      return "warn";
    case Level::error:
      return "error";
  }
  return "unknown";
}

std::string_view to_string(LogFormat format) { return format == LogFormat::json ? "json" : "console"; }

}  // namespace waybill::telemetry
