#include "any_values.hpp"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>
#include <google/protobuf/message.h>
#include <google/protobuf/stubs/logging.h>

#include <memory>
#include <vector>

namespace waybill::contract {
namespace {

namespace pb = google::protobuf;

constexpr std::string_view url_prefix = "type.googleapis.com/";

void respell_any_value(pb::Message& any, pb::MessageFactory& factory, std::size_t depth) {
  const auto& type = *any.GetDescriptor();
  const auto& reflection = *any.GetReflection();
  const auto* held = any_value_type(type, reflection.GetString(any, type.FindFieldByNumber(any_url_number)));
  const auto* prototype = held != nullptr ? factory.GetPrototype(held) : nullptr;
  if (prototype == nullptr) return;
  const auto* value = type.FindFieldByNumber(any_value_number);
  const std::unique_ptr<pb::Message> message{prototype->New()};
  if (!message->ParseFromString(reflection.GetString(any, value))) return;
  respell_any_values(*message, factory, depth);
  reflection.SetString(&any, value, serialized(*message));
}

}  // namespace

bool is_any(const pb::Descriptor& type) {
  return type.well_known_type() == pb::Descriptor::WELLKNOWNTYPE_ANY;
}

const pb::Descriptor* any_value_type(const pb::Descriptor& any, std::string_view url) {
  if (!url.starts_with(url_prefix)) return nullptr;
  return any.file()->pool()->FindMessageTypeByName(std::string(url.substr(url_prefix.size())));
}

bool may_hold_known_any(std::string_view binary) { return binary.find(url_prefix) != std::string_view::npos; }

std::string serialized(const pb::Message& message) {
  const pb::LogSilencer silence;  // what protobuf would log is found by the gates
  std::string bytes;
  pb::io::StringOutputStream stream(&bytes);
  pb::io::CodedOutputStream out(&stream);
  out.SetSerializationDeterministic(true);
  message.SerializePartialToCodedStream(&out);
  out.Trim();
  return bytes;
}

void respell_any_values(pb::Message& message, pb::MessageFactory& factory, std::size_t depth) {
  if (depth == 0) return;
  if (is_any(*message.GetDescriptor())) return respell_any_value(message, factory, depth - 1);
  const auto& reflection = *message.GetReflection();
  std::vector<const pb::FieldDescriptor*> fields;
  reflection.ListFields(message, &fields);
  for (const auto* field : fields) {
    if (field->cpp_type() != pb::FieldDescriptor::CPPTYPE_MESSAGE) continue;
    if (!field->is_repeated()) {
      respell_any_values(*reflection.MutableMessage(&message, field, &factory), factory, depth - 1);
      continue;
    }
    for (int n = 0; n < reflection.FieldSize(message, field); ++n) {
      respell_any_values(*reflection.MutableRepeatedMessage(&message, field, n), factory, depth - 1);
    }
  }
}

}  // namespace waybill::contract
