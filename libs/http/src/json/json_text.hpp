#pragma once

#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

namespace waybill::http {

/// A literal text of JSON, read from behind its first quote.
struct JsonLiteral {
  std::string_view value{};  ///< a part of the source, or of the room that was given
  std::size_t end = 0;       ///< behind the last quote; or where it goes wrong
  std::string_view flaw{};   ///< what is wrong there; empty when nothing is
};

/// `source` is valid UTF-8. What has no escapes is not copied; the rest is appended to `room`, which must
/// have the capacity for it: it never takes more than it has in the source.
JsonLiteral read_json_literal(std::string_view source, std::size_t at, std::vector<char>& room);

}  // namespace waybill::http
