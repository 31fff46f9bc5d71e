#include "waybill/telemetry/log.hpp"

#include <spdlog/logger.h>
#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/base_sink.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <unistd.h>

#include <cstdlib>
#include <memory>
#include <mutex>
#include <utility>

#include "log_backend.hpp"
#include "log_line.hpp"

namespace waybill::telemetry {

namespace {

class FunctionSink final : public spdlog::sinks::base_sink<std::mutex> {
 public:
  explicit FunctionSink(LogSink function) : function_(std::move(function)) {}

 private:
  void sink_it_(const spdlog::details::log_msg& message) override {
    function_({message.payload.data(), message.payload.size()});
  }
  void flush_() override {}

  LogSink function_;
};

bool colour_wanted(const LogConfig& config) {
  const char* refused = std::getenv("NO_COLOR");
  const bool allowed = refused == nullptr || *refused == '\0';
  return allowed && !config.sink && ::isatty(STDERR_FILENO) == 1;
}

spdlog::sink_ptr make_sink(const LogConfig& config) {
  if (config.sink) return std::make_shared<FunctionSink>(config.sink);
  return std::make_shared<spdlog::sinks::stderr_sink_mt>();
}

class Logger {
 public:
  explicit Logger(LogConfig config)
      : config_(std::move(config)), colour_(colour_wanted(config_)), backend_("waybill", make_sink(config_)) {
    backend_.set_level(spdlog::level::trace);
    backend_.set_formatter(std::make_unique<spdlog::pattern_formatter>("%v"));
  }

  const LogConfig& config() const { return config_; }

  void write(Level level, std::string_view event, std::span<const Field> fields) {
    const detail::LogLine line{.time = config_.clock->wall(),
                               .level = level,
                               .service = config_.service,
                               .event = event,
                               .fields = fields,
                               .context = LogContext::current(),
                               .trace = TraceScope::current()};
    const auto text =
        config_.format == LogFormat::json ? detail::json_line(line) : detail::console_line(line, colour_);
    backend_.log(spdlog::level::info, spdlog::string_view_t{text.data(), text.size()});
  }

 private:
  const LogConfig config_;
  const bool colour_;
  spdlog::logger backend_;
};

// Never destroyed, so that what is destroyed at exit can still log.
struct Process {
  std::mutex mutex;
  std::shared_ptr<Logger> logger = std::make_shared<Logger>(LogConfig{});
};

Process& process() {
  static auto* const the_one = new Process;
  return *the_one;
}

std::shared_ptr<Logger> current_logger() {
  const std::lock_guard lock(process().mutex);
  return process().logger;
}

}  // namespace

namespace detail {

std::atomic<Level> lowest_level{Level::info};

void write_log(Level level, std::string_view event, std::span<const Field> fields) noexcept {
  try {
    current_logger()->write(level, event, fields);
  } catch (...) {
    // A log line is never worth the work it reports on.
  }
}

LogConfig exchange_log_config(LogConfig config) {
  const auto level = config.level;
  auto logger = std::make_shared<Logger>(std::move(config));
  const std::lock_guard lock(process().mutex);
  process().logger.swap(logger);
  lowest_level.store(level, std::memory_order_relaxed);
  return logger->config();
}

LogConfig current_log_config() { return current_logger()->config(); }

}  // namespace detail

}  // namespace waybill::telemetry
