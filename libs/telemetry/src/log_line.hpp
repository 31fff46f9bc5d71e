#pragma once

#include <span>
#include <string>
#include <string_view>

#include "waybill/base/clock.hpp"
#include "waybill/telemetry/log_config.hpp"
#include "waybill/telemetry/log_context.hpp"
#include "waybill/telemetry/trace_context.hpp"

namespace waybill::telemetry::detail {

/// What a line says, before it is decided how it looks.
struct LogLine {
  base::WallTime time{};
  Level level = Level::info;
  std::string_view service;
  std::string_view event;
  std::span<const Field> fields;
  const LogContext* context = nullptr;
  const TraceContext* trace = nullptr;
};

/// Both give one line without its break, whatever the texts hold.
std::string json_line(const LogLine& line);
std::string console_line(const LogLine& line, bool colour);

}  // namespace waybill::telemetry::detail
