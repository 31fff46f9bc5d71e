#include "json/json_reading.hpp"

#include <algorithm>

#include "json/json_pointer.hpp"
#include "waybill/runtime/printable.hpp"
#include "word_list.hpp"

namespace waybill::http {
namespace {

// A longer name is cut, and so cannot stand in a pointer.
constexpr std::size_t longest_name = 64;
constexpr std::size_t longest_value = 24;

}  // namespace

JsonReading::JsonReading(std::string_view text, const JsonOptions& options)
    : text_(text), secrets_(options.secrets) {
  flaw_ = parse_json(text, {.depth = options.depth, .values = options.values}, tree_);
  if (flaw_) return;
  if (tree_.nodes.front().kind == JsonNode::Kind::object) {
    root_ = 0;
  } else {
    refuse(0, "is " + std::string(name_of(tree_.nodes.front().kind)) + "; it takes an object");
  }
}

void JsonReading::refuse(std::uint32_t at, std::string_view detail) {
  if (issues_.is_full()) return issues_.count_one();
  issues_.add({pointer_to(tree_, at), std::string(detail), tree_.nodes[at].offset});
}

void JsonReading::refuse_missing(std::uint32_t object, std::string_view name, std::string_view detail) {
  if (issues_.is_full()) return issues_.count_one();
  issues_.add(
      {with_member(pointer_to(tree_, object), name), std::string(detail), tree_.nodes[object].offset});
}

void JsonReading::add_unknown(std::uint32_t object, std::span<const std::string> absent,
                              JsonIssues& into) const {
  const auto& nodes = tree_.nodes;
  for (auto member = object + 1; member < nodes[object].end; member = nodes[member].end) {
    if (nodes[member].is_asked) continue;
    if (into.is_full()) {
      into.count_one();
    } else {
      into.add(unknown(object, member, absent));
    }
  }
}

JsonIssue JsonReading::unknown(std::uint32_t object, std::uint32_t member,
                               std::span<const std::string> absent) const {
  const auto& nodes = tree_.nodes;
  // What is not there yet is what was probably meant.
  std::vector<std::string_view> known(absent.begin(), absent.end());
  for (auto other = object + 1; other < nodes[object].end; other = nodes[other].end) {
    if (nodes[other].is_asked) known.push_back(nodes[other].name);
  }
  const auto name = nodes[member].name;
  const auto meant =
      known.empty() ? "there are no fields here" : meant_or_listed(name, known, "it takes", "and");
  const auto offset = nodes[member].offset;
  if (name.size() <= longest_name) return {pointer_to(tree_, member), "is not known; " + meant, offset};
  return {pointer_to(tree_, object),
          "has an unknown field '" + runtime::printable(name, longest_value) + "'; " + meant, offset};
}

std::optional<std::string> JsonReading::shown(std::uint32_t at, std::string_view field) const {
  if (std::ranges::find(secrets_, field) != secrets_.end()) return std::nullopt;
  const auto& node = tree_.nodes[at];
  if (node.kind == JsonNode::Kind::number) return runtime::printable(node.text, longest_value);
  if (node.kind != JsonNode::Kind::text) return std::string(name_of(node.kind));
  return "'" + runtime::printable(node.text, longest_value) + "'";
}

}  // namespace waybill::http
