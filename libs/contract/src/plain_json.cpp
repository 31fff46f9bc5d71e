#include "plain_json.hpp"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>
#include <google/protobuf/unknown_field_set.h>

#include <algorithm>
#include <string_view>
#include <vector>

namespace waybill::contract {
namespace {

namespace pb = google::protobuf;
using Field = pb::FieldDescriptor;

bool is_plain(std::string_view text) {
  return std::ranges::all_of(
      text, [](char c) { return c >= ' ' && c <= '~' && c != '"' && c != '\\' && c != '<' && c != '>'; });
}

/// Appends, and says false where it met something difficult: what was appended is then worth nothing.
class Writer {
 public:
  explicit Writer(std::string& out) : out_(out) {}

  bool message(const pb::Message& message) {
    const auto& type = *message.GetDescriptor();
    const auto& reflection = *message.GetReflection();
    if (type.full_name().starts_with("google.protobuf.")) return false;
    if (!reflection.GetUnknownFields(message).empty()) return false;
    std::vector<const Field*> fields;
    reflection.ListFields(message, &fields);
    out_.append(1, '{');
    bool is_first = true;
    for (const auto* its_field : fields) {
      if (!is_first) out_.append(1, ',');
      is_first = false;
      if (!field(message, reflection, *its_field)) return false;
    }
    out_.append(1, '}');
    return true;
  }

 private:
  bool field(const pb::Message& message, const pb::Reflection& reflection, const Field& field) {
    if (field.is_map() || field.is_extension() || !is_plain(field.json_name())) return false;
    out_.append(1, '"').append(field.json_name()).append("\":");
    if (!field.is_repeated()) return value(message, reflection, field, -1);
    out_.append(1, '[');
    const int size = reflection.FieldSize(message, &field);
    for (int i = 0; i < size; ++i) {
      if (i > 0) out_.append(1, ',');
      if (!value(message, reflection, field, i)) return false;
    }
    out_.append(1, ']');
    return true;
  }

  /// One value: of a repeated field the one at `index`, which is negative for any other.
  bool value(const pb::Message& message, const pb::Reflection& reflection, const Field& field, int index) {
    const bool is_one = index < 0;
    switch (field.cpp_type()) {
      case Field::CPPTYPE_INT32:
        return number(is_one ? reflection.GetInt32(message, &field)
                             : reflection.GetRepeatedInt32(message, &field, index));
      case Field::CPPTYPE_UINT32:
        return number(is_one ? reflection.GetUInt32(message, &field)
                             : reflection.GetRepeatedUInt32(message, &field, index));
      case Field::CPPTYPE_INT64:
        return quoted_number(is_one ? reflection.GetInt64(message, &field)
                                    : reflection.GetRepeatedInt64(message, &field, index));
      case Field::CPPTYPE_UINT64:
        return quoted_number(is_one ? reflection.GetUInt64(message, &field)
                                    : reflection.GetRepeatedUInt64(message, &field, index));
      case Field::CPPTYPE_BOOL:
        out_.append((is_one ? reflection.GetBool(message, &field)
                            : reflection.GetRepeatedBool(message, &field, index))
                        ? "true"
                        : "false");
        return true;
      case Field::CPPTYPE_ENUM:
        return name(field, is_one ? reflection.GetEnumValue(message, &field)
                                  : reflection.GetRepeatedEnumValue(message, &field, index));
      case Field::CPPTYPE_STRING:
        return text(message, reflection, field, index);
      case Field::CPPTYPE_MESSAGE:
        return this->message(is_one ? reflection.GetMessage(message, &field)
                                    : reflection.GetRepeatedMessage(message, &field, index));
      default:
        return false;
    }
  }

  template <class Number>
  bool number(Number number) {
    out_.append(std::to_string(number));
    return true;
  }
  /// What a double cannot hold is text in JSON.
  template <class Number>
  bool quoted_number(Number number) {
    out_.append(1, '"').append(std::to_string(number)).append(1, '"');
    return true;
  }
  bool name(const Field& field, int number) {
    const auto* value = field.enum_type()->FindValueByNumber(number);
    if (value == nullptr || field.enum_type()->full_name() == "google.protobuf.NullValue") return false;
    out_.append(1, '"').append(value->name()).append(1, '"');
    return true;
  }
  bool text(const pb::Message& message, const pb::Reflection& reflection, const Field& field, int index) {
    if (field.type() != Field::TYPE_STRING) return false;
    std::string scratch;
    const auto& text = index < 0 ? reflection.GetStringReference(message, &field, &scratch)
                                 : reflection.GetRepeatedStringReference(message, &field, index, &scratch);
    if (!is_plain(text)) return false;
    out_.append(1, '"').append(text).append(1, '"');
    return true;
  }

  std::string& out_;
};

}  // namespace

std::optional<std::string> plain_json(const pb::Message& message) {
  std::string json;
  if (!Writer(json).message(message)) return std::nullopt;
  return json;
}

}  // namespace waybill::contract
