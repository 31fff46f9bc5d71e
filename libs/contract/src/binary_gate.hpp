#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

#include "waybill/contract/bad_payload.hpp"

namespace google::protobuf {
class Descriptor;
}  // namespace google::protobuf

namespace waybill::contract {

/// Looks over a message on the wire before any code that recurses does: well-formed, nested no deeper than
/// `depth`, text in UTF-8. A message inside of google.protobuf.Any counts too, where its type comes before
/// it, as it does in all that protobuf writes. Takes no stack, and memory for `depth` levels.
std::optional<BadPayload> check_binary(std::string_view bytes, const google::protobuf::Descriptor& type,
                                       std::size_t depth);

}  // namespace waybill::contract
