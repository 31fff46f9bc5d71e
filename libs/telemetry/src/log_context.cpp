#include "waybill/telemetry/log_context.hpp"

#include "waybill/base/ensure.hpp"

namespace waybill::telemetry {

namespace {
thread_local const LogContext* innermost_context = nullptr;
}

LogContext::LogContext(std::initializer_list<Field> fields) : fields_(fields), outer_(innermost_context) {
  std::size_t size = 0;
  for (const auto& field : fields_) {
    size += field.name.size();
    if (const auto* text = std::get_if<std::string_view>(&field.value)) size += text->size();
  }
  texts_.reserve(size);  // the views below need the buffer to stay where it is
  const auto keep = [this](std::string_view text) {
    const auto begin = texts_.size();
    texts_ += text;
    return std::string_view{texts_}.substr(begin);
  };
  for (auto& field : fields_) {
    field.name = keep(field.name);
    if (auto* text = std::get_if<std::string_view>(&field.value)) *text = keep(*text);
  }
  innermost_context = this;
}

LogContext::~LogContext() {
  ENSURE(innermost_context == this,
         "a LogContext ends on the thread that made it, in reverse order of making");
  innermost_context = outer_;
}

const LogContext* LogContext::current() { return innermost_context; }

}  // namespace waybill::telemetry
