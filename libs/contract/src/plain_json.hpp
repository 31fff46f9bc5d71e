#pragma once

#include <optional>
#include <string>

namespace google::protobuf {
class Message;
}  // namespace google::protobuf

namespace waybill::contract {

/// proto3 JSON of a message that holds nothing difficult, to the byte as json_util writes it, without its
/// detour by the binary form. Nothing for a message with anything else in it: fractions, bytes, maps, text
/// that JSON escapes or that is not ASCII, numbers that an enumeration does not name, fields that the
/// contract does not know, protobuf's own types.
std::optional<std::string> plain_json(const google::protobuf::Message& message);

}  // namespace waybill::contract
