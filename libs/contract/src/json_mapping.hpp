#pragma once

#include <google/protobuf/util/type_resolver.h>

#include <string>
#include <string_view>

#include "waybill/contract/bad_payload.hpp"

namespace google::protobuf {
class Descriptor;
}  // namespace google::protobuf

namespace waybill::contract {

/// proto3 JSON to protobuf's binary form and back, by protobuf's own json_util. Both want what check_json()
/// and check_binary() have let through.
Result<std::string> binary_of_json(google::protobuf::util::TypeResolver& resolver,
                                   const google::protobuf::Descriptor& type, std::string_view json);
Result<std::string> json_of_binary(google::protobuf::util::TypeResolver& resolver,
                                   const google::protobuf::Descriptor& type, const std::string& binary);

/// The part of json_util's complaint that says where, in the contract's own names: "lines[1].quantity". Empty
/// when the complaint names no field of the message, and never anything that the document brought along.
std::string field_path(const google::protobuf::Descriptor& type, std::string_view complaint);

}  // namespace waybill::contract
