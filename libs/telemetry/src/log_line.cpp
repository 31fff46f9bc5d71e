#include "log_line.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <vector>

#include "text.hpp"
#include "waybill/base/timestamp.hpp"

namespace waybill::telemetry::detail {

namespace {

constexpr std::size_t name_limit = 64;
constexpr std::size_t value_limit = 1'024;
constexpr std::size_t field_limit = 64;
constexpr std::size_t line_limit = 16'384;

constexpr std::array<std::string_view, 7> reserved = {"time",     "level",   "service",   "event",
                                                      "trace_id", "span_id", "fields_cut"};

void append_double(std::string& out, double value) {
  if (!std::isfinite(value)) {
    out += std::isnan(value) ? "\"nan\"" : value > 0 ? "\"inf\"" : "\"-inf\"";
    return;
  }
  std::array<char, 32> text{};
  const auto end = std::to_chars(text.data(), text.data() + text.size(), value).ptr;
  out.append(text.data(), end);
}

void append_quoted(std::string& out, std::string_view text, std::size_t limit) {
  out += '"';
  append_escaped(out, text, limit);
  out += '"';
}

// A value as JSON; console lines show the same, without quotes where they can be done without.
struct AppendValue {
  std::string& out;
  bool always_quote;

  void operator()(std::string_view text) const {
    const auto before = out.size();
    append_quoted(out, text, value_limit);
    if (always_quote || text.empty()) return;
    const auto inside = std::string_view{out}.substr(before + 1, out.size() - before - 2);
    if (inside.find_first_of(" \"\\=") != std::string_view::npos) return;
    out.pop_back();
    out.erase(before, 1);
  }
  void operator()(std::int64_t number) const { out += std::to_string(number); }
  void operator()(std::uint64_t number) const { out += std::to_string(number); }
  void operator()(double number) const { append_double(out, number); }
  void operator()(bool truth) const { out += truth ? "true" : "false"; }
  void operator()(std::chrono::nanoseconds duration) const {
    append_double(out, std::round(static_cast<double>(duration.count()) / 1'000.0) / 1'000.0);
  }
  void operator()(const base::Uuid& id) const { append_quoted_uuid(id); }

 private:
  void append_quoted_uuid(const base::Uuid& id) const {
    std::array<char, 36> text{};
    id.format_to(text);
    if (always_quote) out += '"';
    out.append(text.data(), text.size());
    if (always_quote) out += '"';
  }
};

void append_name(std::string& out, const Field& field) {
  append_escaped(out, field.name, name_limit);
  if (std::holds_alternative<std::chrono::nanoseconds>(field.value) && !field.name.ends_with("_ms"))
    out += "_ms";
  if (std::find(reserved.begin(), reserved.end(), field.name) != reserved.end()) out += '_';
}

// The line's own fields, then those of its contexts from the inside out, each name once.
std::vector<const Field*> gather(const LogLine& line) {
  std::vector<const Field*> gathered;
  const auto add = [&gathered](const Field& field) {
    const auto same = [&field](const Field* other) { return other->name == field.name; };
    if (std::none_of(gathered.begin(), gathered.end(), same)) gathered.push_back(&field);
  };
  std::for_each(line.fields.begin(), line.fields.end(), add);
  for (const auto* context = line.context; context != nullptr; context = context->outer()) {
    std::for_each(context->fields().begin(), context->fields().end(), add);
  }
  return gathered;
}

// Calls append for each field that the line has room for, and says how many it had not.
template <class Append>
std::size_t append_fields(const std::string& out, const LogLine& line, Append append) {
  const auto fields = gather(line);
  std::size_t written = 0;
  while (written < fields.size() && written < field_limit && out.size() < line_limit)
    append(*fields[written++]);
  return fields.size() - written;
}

std::string_view colour_of(Level level) {
  switch (level) {
    case Level::debug:
      return "\x1b[90m";
    case Level::info:
      return "\x1b[32m";
    case Level::warn:
      return "\x1b[33m";
    case Level::error:
      return "\x1b[31m";
  }
  return {};
}

std::string_view column_of(Level level) {
  switch (level) {
    case Level::debug:
      return "DEBUG";
    case Level::info:
      return "INFO ";
    case Level::warn:
      return "WARN ";
    case Level::error:
      return "ERROR";
  }
  return {};
}

}  // namespace

std::string json_line(const LogLine& line) {
  std::string out;
  out.reserve(512);
  out += "{\"time\":\"" + base::format_timestamp(line.time) + "\",\"level\":\"";
  out += to_string(line.level);
  out += "\",\"service\":";
  append_quoted(out, line.service, name_limit);
  out += ",\"event\":";
  append_quoted(out, line.event, value_limit);
  const auto cut = append_fields(out, line, [&out](const Field& field) {
    out += ",\"";
    append_name(out, field);
    out += "\":";
    std::visit(AppendValue{out, true}, field.value);
  });
  if (cut != 0) out += ",\"fields_cut\":" + std::to_string(cut);
  if (line.trace != nullptr) {
    out += ",\"trace_id\":\"" + line.trace->trace_id() + "\",\"span_id\":\"" + line.trace->span_id() + '"';
  }
  out += '}';
  return out;
}

std::string console_line(const LogLine& line, bool colour) {
  constexpr std::size_t event_column = 28;
  const std::string_view dim = colour ? "\x1b[2m" : "";
  const std::string_view plain = colour ? "\x1b[0m" : "";
  std::string out = base::format_timestamp(line.time).substr(11, 12);
  out += ' ';
  if (colour) out += colour_of(line.level);
  out += column_of(line.level);
  out += plain;
  out += ' ';
  if (!line.service.empty()) {
    append_escaped(out, line.service, name_limit);
    out += ' ';
  }
  const auto event_begin = out.size();
  append_escaped(out, line.event, value_limit);
  const auto event_length = out.size() - event_begin;
  if (event_length < event_column) out.append(event_column - event_length, ' ');
  const auto cut = append_fields(out, line, [&](const Field& field) {
    out += ' ';
    out += dim;
    append_name(out, field);
    out += '=';
    out += plain;
    std::visit(AppendValue{out, false}, field.value);
  });
  if (cut != 0) out += " fields_cut=" + std::to_string(cut);
  if (line.trace != nullptr)
    out.append(" ").append(dim).append("trace_id=").append(plain) += line.trace->trace_id();
  out.erase(out.find_last_not_of(' ') + 1);
  return out;
}

}  // namespace waybill::telemetry::detail
