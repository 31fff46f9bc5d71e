#pragma once

#include <atomic>
#include <initializer_list>
#include <span>
#include <string_view>

#include "waybill/telemetry/log_field.hpp"

namespace waybill::telemetry {

enum class Level { debug, info, warn, error };

namespace detail {
extern std::atomic<Level> lowest_level;
void write_log(Level level, std::string_view event, std::span<const Field> fields) noexcept;
}  // namespace detail

/// True when a line of this level would be written: ask before computing something only a log line needs.
inline bool log_enabled(Level level) noexcept {
  return level >= detail::lowest_level.load(std::memory_order_relaxed);
}

/// Writes one line for one event: `log_warn("broker_unreachable", {{"host", host}, {"wait", pause}})`. The
/// event is a short constant name that can be searched for; what varies goes into fields. The line also
/// carries the thread's LogContext and trace. Never put a payload or a secret into a field.
///
/// Promises: the line is written whole, also when many threads write; whatever bytes event and fields hold,
/// it stays one well-formed line of bounded length (text that isn't UTF-8 is replaced, what is too long is
/// cut, with a mark); a line below the configured level costs one relaxed load. It never throws: a line that
/// cannot be written is lost. Any thread may call it, but not from inside a configured sink.
inline void log(Level level, std::string_view event, std::span<const Field> fields) noexcept {
  if (log_enabled(level)) detail::write_log(level, event, fields);
}
inline void log(Level level, std::string_view event, std::initializer_list<Field> fields = {}) noexcept {
  if (log_enabled(level)) detail::write_log(level, event, {fields.begin(), fields.size()});
}
inline void log_debug(std::string_view event, std::initializer_list<Field> fields = {}) noexcept {
  log(Level::debug, event, fields);
}
inline void log_info(std::string_view event, std::initializer_list<Field> fields = {}) noexcept {
  log(Level::info, event, fields);
}
inline void log_warn(std::string_view event, std::initializer_list<Field> fields = {}) noexcept {
  log(Level::warn, event, fields);
}
inline void log_error(std::string_view event, std::initializer_list<Field> fields = {}) noexcept {
  log(Level::error, event, fields);
}

}  // namespace waybill::telemetry
