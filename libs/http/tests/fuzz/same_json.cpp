#include "same_json.hpp"

#include <cmath>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "json/json_parser.hpp"
#include "waybill/base/ensure.hpp"
#include "whole_number.hpp"

namespace waybill::http {
namespace {

using nlohmann::json;
using Kind = JsonNode::Kind;

bool is_same_number(std::string_view ours, const json& theirs) {
  if (!theirs.is_number()) return false;
  if (theirs.is_number_float()) {
    const double number = std::strtod(std::string(ours).c_str(), nullptr);
    return number == theirs.get<double>() && (!whole_number(ours) || number == 0);
  }
  if (theirs.is_number_unsigned()) return std::to_string(theirs.get<std::uint64_t>()) == ours;
  return whole_number(ours) == theirs.get<std::int64_t>();
}

bool is_same_value(const JsonNode& ours, const json& theirs) {
  switch (ours.kind) {
    case Kind::null:
      return theirs.is_null();
    case Kind::boolean:
      return theirs.is_boolean() && theirs.get<bool>() == ours.is_true;
    case Kind::number:
      return is_same_number(ours.text, theirs);
    case Kind::text:
      return theirs.is_string() && theirs.get_ref<const std::string&>() == ours.text;
    case Kind::list:
      return theirs.is_array() && theirs.size() == ours.size;
    case Kind::object:
      return theirs.is_object() && theirs.size() == ours.size;
  }
  return false;
}

/// Walks along both, without recursion.
void check_same_tree(const JsonTree& tree, const json& root) {
  std::vector<const json*> theirs(tree.nodes.size(), nullptr);
  theirs[0] = &root;
  for (std::uint32_t at = 0; at < tree.nodes.size(); ++at) {
    const auto& node = tree.nodes[at];
    ENSURE(theirs[at] != nullptr && is_same_value(node, *theirs[at]), "both parsers read the same value");
    std::size_t index = 0;
    for (auto child = at + 1; child < node.end; child = tree.nodes[child].end, ++index) {
      if (node.kind == Kind::list) {
        theirs[child] = &theirs[at]->at(index);
      } else {
        const auto found = theirs[at]->find(std::string(tree.nodes[child].name));
        ENSURE(found != theirs[at]->end(), "both parsers read the same names");
        theirs[child] = &*found;
      }
    }
  }
}

// Which the other parser refuses, though it is a number of JSON.
bool has_number_beyond_double(const JsonTree& tree) {
  for (const auto& node : tree.nodes) {
    const bool is_number = node.kind == Kind::number;
    if (is_number && !std::isfinite(std::strtod(std::string(node.text).c_str(), nullptr))) return true;
  }
  return false;
}

// The other parser skips a mark, keeps the last of two members, knows no bounds, and ends at a NUL.
bool is_refused_by_ours_alone(std::string_view text, const JsonFlaw& flaw) {
  for (const auto* word : {"byte order mark", "twice", "nested deeper", "holds more"}) {
    if (flaw.what.find(word) != std::string::npos) return true;
  }
  return text.find('\0') != std::string_view::npos;
}

}  // namespace

void check_same_json(std::string_view text) {
  JsonTree tree;
  const auto flaw = parse_json(text, {.depth = 64, .values = 5'000}, tree);
  const auto theirs = json::parse(text, nullptr, false);
  if (!flaw) {
    if (has_number_beyond_double(tree)) return;
    ENSURE(!theirs.is_discarded(), "what ours takes, the other parser takes");
    return check_same_tree(tree, theirs);
  }
  ENSURE(flaw->offset <= text.size() && !flaw->what.empty(), "a refusal says where and why");
  ENSURE(theirs.is_discarded() || is_refused_by_ours_alone(text, *flaw),
         "what ours refuses, the other parser refuses, or it is one of ours");
}

}  // namespace waybill::http
