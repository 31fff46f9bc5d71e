#include "wire/field_json.hpp"

#include <array>
#include <charconv>
#include <cmath>
#include <string_view>

#include "wire/bytes.hpp"

namespace waybill::amqp {
namespace {

constexpr int deepest = 32;

void append_text(std::string& json, std::string_view text) {
  constexpr std::string_view digits = "0123456789abcdef";
  json += '"';
  for (const char character : text) {
    const auto code = static_cast<unsigned char>(character);
    if (character == '"' || character == '\\') {
      json += '\\';
      json += character;
    } else if (code < 0x20) {
      json += "\\u00";
      json += digits[code >> 4];
      json += digits[code & 0xF];
    } else {
      json += character;
    }
  }
  json += '"';
}

void append_number(std::string& json, double number) {
  if (!std::isfinite(number)) {
    json += "null";
    return;
  }
  std::array<char, 32> text{};
  json.append(text.data(), std::to_chars(text.data(), text.data() + text.size(), number).ptr);
}

void append(std::string& json, const amqp_field_value_t& field, int depth);

void append_table(std::string& json, const amqp_table_t& table, int depth) {
  json += '{';
  for (int i = 0; i < table.num_entries; ++i) {
    if (i > 0) json += ',';
    append_text(json, to_view(table.entries[i].key));
    json += ':';
    append(json, table.entries[i].value, depth + 1);
  }
  json += '}';
}

void append_array(std::string& json, const amqp_array_t& array, int depth) {
  json += '[';
  for (int i = 0; i < array.num_entries; ++i) {
    if (i > 0) json += ',';
    append(json, array.entries[i], depth + 1);
  }
  json += ']';
}

void append(std::string& json, const amqp_field_value_t& field, int depth) {
  const auto& value = field.value;
  const bool is_nested = field.kind == AMQP_FIELD_KIND_TABLE || field.kind == AMQP_FIELD_KIND_ARRAY;
  if (is_nested && depth > deepest) {
    json += "null";
    return;
  }
  switch (field.kind) {
    case AMQP_FIELD_KIND_BOOLEAN:
      json += value.boolean != 0 ? "true" : "false";
      break;
    case AMQP_FIELD_KIND_I8:
      json += std::to_string(value.i8);
      break;
    case AMQP_FIELD_KIND_U8:
      json += std::to_string(value.u8);
      break;
    case AMQP_FIELD_KIND_I16:
      json += std::to_string(value.i16);
      break;
    case AMQP_FIELD_KIND_U16:
      json += std::to_string(value.u16);
      break;
    case AMQP_FIELD_KIND_I32:
      json += std::to_string(value.i32);
      break;
    case AMQP_FIELD_KIND_U32:
      json += std::to_string(value.u32);
      break;
    case AMQP_FIELD_KIND_I64:
      json += std::to_string(value.i64);
      break;
    case AMQP_FIELD_KIND_U64:
    case AMQP_FIELD_KIND_TIMESTAMP:
      json += std::to_string(value.u64);
      break;
    case AMQP_FIELD_KIND_F32:
      append_number(json, double{value.f32});
      break;
    case AMQP_FIELD_KIND_F64:
      append_number(json, value.f64);
      break;
    case AMQP_FIELD_KIND_DECIMAL:
      append_number(json, value.decimal.value / std::pow(10.0, value.decimal.decimals));
      break;
    case AMQP_FIELD_KIND_UTF8:
    case AMQP_FIELD_KIND_BYTES:
      append_text(json, to_view(value.bytes));
      break;
    case AMQP_FIELD_KIND_TABLE:
      append_table(json, value.table, depth);
      break;
    case AMQP_FIELD_KIND_ARRAY:
      append_array(json, value.array, depth);
      break;
    default:
      json += "null";
  }
}

}  // namespace

std::string to_json(const amqp_field_value_t& field) {
  std::string json;
  append(json, field, 0);
  return json;
}

}  // namespace waybill::amqp
