#pragma once

#include <optional>
#include <string_view>

namespace waybill::contract {

/// How a payload is written. A service chooses one for what it sends, and reads both.
enum class Encoding {
  json,      ///< proto3 JSON: operators read queues
  protobuf,  ///< binary: a tenth of the time, less than half of the size
};

/// `application/json` or `application/x-protobuf`.
std::string_view content_type_of(Encoding encoding);

/// The encoding that a content type names. Case and parameters (`; charset=utf-8`) are ignored; nothing for
/// any other type, and for none.
std::optional<Encoding> encoding_of(std::string_view content_type);

}  // namespace waybill::contract
