#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace waybill::http {

/// One value of a JSON text.
struct JsonNode {
  enum class Kind : std::uint8_t { null, boolean, number, text, list, object };

  std::string_view name{};  ///< where it is a member
  std::string_view text{};  ///< of a text, what it stands for; of a number, as it is written
  std::size_t offset = 0;   ///< where the value begins; the name of a member
  std::uint32_t end = 0;    ///< one past the last node inside of it
  std::uint32_t size = 0;   ///< members or items
  Kind kind = Kind::null;
  bool is_true = false;
  bool is_asked = false;  ///< a reader has looked for it by its name
};

/// The values of a text in its order: what is inside of a list or an object follows it, up to its `end`, so
/// that neither building nor walking takes stack. Views show the text that was parsed, or `unescaped`.
struct JsonTree {
  std::vector<JsonNode> nodes{};
  std::vector<char> unescaped{};
};

/// "a text", "a list" …
std::string_view name_of(JsonNode::Kind kind);

}  // namespace waybill::http
