#pragma once

#include <chrono>
#include <concepts>
#include <cstdint>
#include <string_view>
#include <variant>

#include "waybill/base/uuid.hpp"

namespace waybill::telemetry {

/// One named value of a log line: {"queue", queue}, {"attempt", 3}, {"message_id", id}, {"wait", 250ms}.
/// A duration is written in milliseconds, under its name with "_ms" behind it. Text is looked at, not copied:
/// a Field is for the call it is written in, and is not kept.
struct Field {
  using Value = std::variant<std::string_view, std::int64_t, std::uint64_t, double, bool,
                             std::chrono::nanoseconds, base::Uuid>;

  Field(std::string_view field_name, std::string_view text) : name(field_name), value(text) {}
  Field(std::string_view field_name, const char* text)
      : name(field_name), value(text == nullptr ? std::string_view{} : std::string_view{text}) {}
  Field(std::string_view field_name, const base::Uuid& id) : name(field_name), value(id) {}

  // A template, so that a pointer or an enumerator does not turn into a bool by itself.
  template <std::same_as<bool> T>
  Field(std::string_view field_name, T truth) : name(field_name), value(truth) {}

  template <std::signed_integral T>
  Field(std::string_view field_name, T number) : name(field_name), value(static_cast<std::int64_t>(number)) {}

  template <std::unsigned_integral T>
    requires(!std::same_as<T, bool>)
  Field(std::string_view field_name, T number)
      : name(field_name), value(static_cast<std::uint64_t>(number)) {}

  template <std::floating_point T>
  Field(std::string_view field_name, T number) : name(field_name), value(static_cast<double>(number)) {}

  template <class Rep, class Period>
  Field(std::string_view field_name, std::chrono::duration<Rep, Period> duration)
      : name(field_name), value(std::chrono::duration_cast<std::chrono::nanoseconds>(duration)) {}

  std::string_view name;
  Value value;
};

}  // namespace waybill::telemetry
