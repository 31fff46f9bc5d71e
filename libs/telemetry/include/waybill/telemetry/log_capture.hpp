#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "waybill/telemetry/log_config.hpp"

namespace waybill::telemetry {

/// For tests: while it lives, the process's log lines come here, as JSON unless told otherwise, instead of
/// going where they were configured to go. It stands over the whole process, so lines of every thread are
/// caught. Captures nest. Reading it from any thread is safe while others log.
class LogCapture {
 public:
  explicit LogCapture(LogFormat format = LogFormat::json, Level level = Level::debug,
                      const base::Clock& clock = base::system_clock());
  ~LogCapture();
  LogCapture(const LogCapture&) = delete;
  LogCapture& operator=(const LogCapture&) = delete;

  std::vector<std::string> lines() const;
  /// How many JSON lines of this event came.
  std::size_t count(std::string_view event) const;
  /// The value of a field, as text, in the last JSON line of this event; nothing when there is no such line
  /// or field.
  std::optional<std::string> field(std::string_view event, std::string_view name) const;
  void clear();

 private:
  struct Lines;
  std::shared_ptr<Lines> lines_;
  LogConfig before_;
};

}  // namespace waybill::telemetry
