#pragma once

#include <initializer_list>
#include <span>
#include <string>
#include <vector>

#include "waybill/telemetry/log_field.hpp"

namespace waybill::telemetry {

/// Fields that every line of this thread carries while the object lives: message id, key, consumer.
///   const LogContext context{{"message_id", id}, {"key", key}};
/// Contexts nest; an inner one, or the line itself, wins over an outer field of the same name. Unlike a
/// Field, a context copies its texts. It belongs to the thread that made it and must end there, in reverse
/// order of making: a coroutine must not hold one across a co_await.
class LogContext {
 public:
  LogContext(std::initializer_list<Field> fields);
  ~LogContext();
  LogContext(const LogContext&) = delete;
  LogContext& operator=(const LogContext&) = delete;

  std::span<const Field> fields() const { return fields_; }
  const LogContext* outer() const { return outer_; }
  /// The innermost context of the calling thread; null when there is none.
  static const LogContext* current();

 private:
  std::string texts_;
  std::vector<Field> fields_;
  const LogContext* outer_;
};

}  // namespace waybill::telemetry
