#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "manifest/findings.hpp"

namespace waybill::amqp {

/// A value of a JSON file that knows its line.
struct LocatedJson {
  enum class Kind { null, boolean, number, text, list, object };
  struct Member;

  Kind kind = Kind::null;
  int line = 1;
  std::string text;                ///< of a text
  std::vector<LocatedJson> items;  ///< of a list
  std::vector<Member> members;     ///< of an object, in the file's order
};

struct LocatedJson::Member {
  std::string name;
  int line = 1;
  LocatedJson value;
};

/// Nothing when the text is not JSON, or is nested deeper than a manifest. A member that is there twice is a
/// finding too, since a parser would keep one of the two in silence.
std::optional<LocatedJson> parse_located(std::string_view text, Findings& findings);

/// "a text", "a list" …
std::string_view name_of(LocatedJson::Kind kind);

}  // namespace waybill::amqp
