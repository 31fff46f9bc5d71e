#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

#include "waybill/contract/bad_payload.hpp"

namespace google::protobuf {
class Descriptor;
}  // namespace google::protobuf

namespace waybill::contract {

/// Looks over JSON before protobuf's reader does, which recurses without bound, takes what is no JSON, and
/// lets one field be there twice: exactly RFC 8259, one object, UTF-8 without a mark, at most `depth` objects
/// inside of each other (twice that with the arrays between them), no name twice in an object. `orderId` and
/// `order_id` are one name. Takes no stack.
std::optional<BadPayload> check_json(std::string_view text, const google::protobuf::Descriptor& type,
                                     std::size_t depth);

}  // namespace waybill::contract
