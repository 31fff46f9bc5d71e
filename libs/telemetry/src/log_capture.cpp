#include "waybill/telemetry/log_capture.hpp"

#include <mutex>
#include <nlohmann/json.hpp>

#include "log_backend.hpp"

namespace waybill::telemetry {

struct LogCapture::Lines {
  std::mutex mutex;
  std::vector<std::string> lines;
};

namespace {

std::vector<nlohmann::json> lines_of(std::string_view event, const std::vector<std::string>& lines) {
  std::vector<nlohmann::json> found;
  for (const auto& line : lines) {
    auto parsed = nlohmann::json::parse(line, nullptr, false);
    if (parsed.is_object() && parsed.value("event", "") == event) found.push_back(std::move(parsed));
  }
  return found;
}

}  // namespace

LogCapture::LogCapture(LogFormat format, Level level, const base::Clock& clock)
    : lines_(std::make_shared<Lines>()), before_(detail::current_log_config()) {
  auto config = before_;
  config.format = format;
  config.level = level;
  config.clock = &clock;
  config.sink = [lines = lines_](std::string_view line) {
    const std::lock_guard lock(lines->mutex);
    lines->lines.emplace_back(line);
  };
  detail::exchange_log_config(std::move(config));
}

LogCapture::~LogCapture() { detail::exchange_log_config(std::move(before_)); }

std::vector<std::string> LogCapture::lines() const {
  const std::lock_guard lock(lines_->mutex);
  return lines_->lines;
}

std::size_t LogCapture::count(std::string_view event) const { return lines_of(event, lines()).size(); }

std::optional<std::string> LogCapture::field(std::string_view event, std::string_view name) const {
  const auto found = lines_of(event, lines());
  if (found.empty() || !found.back().contains(name)) return std::nullopt;
  const auto& value = found.back().at(std::string{name});
  return value.is_string() ? value.get<std::string>() : value.dump();
}

void LogCapture::clear() {
  const std::lock_guard lock(lines_->mutex);
  lines_->lines.clear();
}

}  // namespace waybill::telemetry
