#include "wire/header_table.hpp"

#include <cmath>
#include <cstdint>
#include <limits>

#include "wire/bytes.hpp"
#include "wire/field_json.hpp"

namespace waybill::amqp {
namespace {

// What fits none of the header's types is told as text.
message::HeaderValue from_unsigned(std::uint64_t number) {
  constexpr auto most = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
  if (number <= most) return static_cast<std::int64_t>(number);
  return std::to_string(number);
}

message::HeaderValue to_header_value(const amqp_field_value_t& field) {
  const auto& value = field.value;
  switch (field.kind) {
    case AMQP_FIELD_KIND_BOOLEAN:
      return value.boolean != 0;
    case AMQP_FIELD_KIND_I8:
      return std::int64_t{value.i8};
    case AMQP_FIELD_KIND_U8:
      return std::int64_t{value.u8};
    case AMQP_FIELD_KIND_I16:
      return std::int64_t{value.i16};
    case AMQP_FIELD_KIND_U16:
      return std::int64_t{value.u16};
    case AMQP_FIELD_KIND_I32:
      return std::int64_t{value.i32};
    case AMQP_FIELD_KIND_U32:
      return std::int64_t{value.u32};
    case AMQP_FIELD_KIND_I64:
      return std::int64_t{value.i64};
    case AMQP_FIELD_KIND_U64:
    case AMQP_FIELD_KIND_TIMESTAMP:
      return from_unsigned(value.u64);
    case AMQP_FIELD_KIND_F32:
      return double{value.f32};
    case AMQP_FIELD_KIND_F64:
      return value.f64;
    case AMQP_FIELD_KIND_DECIMAL:
      return value.decimal.value / std::pow(10.0, value.decimal.decimals);
    case AMQP_FIELD_KIND_UTF8:
    case AMQP_FIELD_KIND_BYTES:
      return to_string(value.bytes);
    case AMQP_FIELD_KIND_TABLE:
    case AMQP_FIELD_KIND_ARRAY:
      return to_json(field);
    default:
      return std::string{};
  }
}

}  // namespace

amqp_field_value_t& HeaderTable::entry(std::string_view name, amqp_field_value_kind_t kind) {
  auto& made = entries_.emplace_back();
  made.key = to_bytes(name);
  made.value.kind = static_cast<std::uint8_t>(kind);
  return made.value;
}

void HeaderTable::add(std::string_view name, std::string_view text) {
  entry(name, AMQP_FIELD_KIND_UTF8).value.bytes = to_bytes(text);
}

void HeaderTable::add(std::string_view name, std::int64_t number) {
  entry(name, AMQP_FIELD_KIND_I64).value.i64 = number;
}

void HeaderTable::add(std::string_view name, bool flag) {
  entry(name, AMQP_FIELD_KIND_BOOLEAN).value.boolean = flag ? 1 : 0;
}

void HeaderTable::add(std::string_view name, const amqp_table_t& table) {
  entry(name, AMQP_FIELD_KIND_TABLE).value.table = table;
}

void HeaderTable::add(std::string_view name, const message::HeaderValue& value) {
  if (const auto* text = std::get_if<std::string>(&value)) return add(name, std::string_view{*text});
  if (const auto* number = std::get_if<std::int64_t>(&value)) return add(name, *number);
  if (const auto* flag = std::get_if<bool>(&value)) return add(name, *flag);
  entry(name, AMQP_FIELD_KIND_F64).value.f64 = std::get<double>(value);
}

message::Headers to_headers(const amqp_table_t& table, std::string_view left_out) {
  message::Headers headers;
  headers.reserve(static_cast<std::size_t>(table.num_entries));
  for (int i = 0; i < table.num_entries; ++i) {
    const auto& entry = table.entries[i];
    const auto name = to_view(entry.key);
    if (name != left_out) headers.emplace_back(name, to_header_value(entry.value));
  }
  return headers;
}

std::uint64_t find_integer(const amqp_table_t& table, std::string_view name, std::uint64_t otherwise) {
  for (int i = 0; i < table.num_entries; ++i) {
    if (to_view(table.entries[i].key) != name) continue;
    const auto value = to_header_value(table.entries[i].value);
    const auto* number = std::get_if<std::int64_t>(&value);
    return number != nullptr && *number >= 0 ? static_cast<std::uint64_t>(*number) : otherwise;
  }
  return otherwise;
}

}  // namespace waybill::amqp
