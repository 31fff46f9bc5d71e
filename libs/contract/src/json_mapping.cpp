#include "json_mapping.hpp"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/stubs/logging.h>
#include <google/protobuf/util/json_util.h>
#include <google/protobuf/util/type_resolver.h>

namespace waybill::contract {
namespace {

namespace pb = google::protobuf;

std::string url_of(const pb::Descriptor& type) { return "type.googleapis.com/" + type.full_name(); }

pb::StringPiece piece(std::string_view text) { return {text.data(), text.size()}; }

std::string_view view(pb::StringPiece text) { return {text.data(), text.size()}; }

}  // namespace

Result<std::string> binary_of_json(pb::util::TypeResolver& resolver, const pb::Descriptor& type,
                                   std::string_view json) {
  const pb::LogSilencer silence;
  pb::util::JsonParseOptions options;
  options.ignore_unknown_fields = true;
  std::string binary;
  const auto status = pb::util::JsonToBinaryString(&resolver, url_of(type), piece(json), &binary, options);
  if (status.ok()) return binary;
  const auto path = field_path(type, view(status.message()));
  return BadPayload{
      BadReason::unreadable, {}, (path.empty() ? "a value" : path) + " does not fit the contract"};
}

Result<std::string> json_of_binary(pb::util::TypeResolver& resolver, const pb::Descriptor& type,
                                   const std::string& binary) {
  const pb::LogSilencer silence;
  std::string json;
  const auto status =
      pb::util::BinaryToJsonString(&resolver, url_of(type), binary, &json, pb::util::JsonPrintOptions{});
  if (status.ok()) return json;
  return BadPayload{BadReason::unreadable,
                    {},
                    "JSON cannot express it: a time out of range, or an Any of a type that is not known"};
}

}  // namespace waybill::contract
