#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

#include "waybill/contract/bad_payload.hpp"

namespace google::protobuf {
class Descriptor;
}  // namespace google::protobuf

namespace waybill::contract {

/// Whether a google.protobuf.Any may hold what is not known here: only JSON has to know it.
enum class UnknownAny { tolerated, refused };

/// Looks over a message on the wire before any code that recurses does: well-formed, nested no deeper than
/// `depth`, text in UTF-8. What an Any holds counts too, where its type is known. Takes no stack, and memory
/// for `depth` levels.
std::optional<BadPayload> check_binary(std::string_view bytes, const google::protobuf::Descriptor& type,
                                       std::size_t depth, UnknownAny unknown_any = UnknownAny::tolerated);

}  // namespace waybill::contract
