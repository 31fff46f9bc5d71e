#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "json/json_tree.hpp"

namespace waybill::http {

struct JsonBounds {
  std::size_t depth = 16;
  std::size_t values = 20'000;
};

/// Why a text is not read, and where. It quotes nothing of the text but the names of members.
struct JsonFlaw {
  std::size_t offset = 0;
  std::string what{};
};

/// Reads exactly RFC 8259, and of that only valid UTF-8 without a byte order mark, without unpaired
/// surrogates, without two members of one name, and within bounds. Any value may be the outermost one. The
/// text outlives the tree.
std::optional<JsonFlaw> parse_json(std::string_view text, const JsonBounds& bounds, JsonTree& into);

}  // namespace waybill::http
