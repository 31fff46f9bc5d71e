#include "json/json_parser.hpp"

#include <algorithm>
#include <utility>

#include "json/json_text.hpp"
#include "waybill/base/utf8.hpp"
#include "waybill/runtime/printable.hpp"

namespace waybill::http {
namespace {

using Kind = JsonNode::Kind;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// Keeps what is open in a vector of its own, so that no depth takes stack.
class JsonParser {
 public:
  JsonParser(std::string_view text, const JsonBounds& bounds, JsonTree& tree)
      : text_(text), bounds_(bounds), tree_(tree) {}

  std::optional<JsonFlaw> run() {
    if (!parse()) return std::move(flaw_);
    return std::nullopt;
  }

 private:
  bool parse() {
    if (text_.starts_with("\xEF\xBB\xBF")) return fail(0, "a byte order mark is not a part of JSON");
    if (const auto valid = base::valid_utf8_length(text_); valid < text_.size()) {
      return fail(valid, "this is not UTF-8");
    }
    skip_space();
    if (at_ == text_.size()) return fail(at_, "there is no value");
    if (!read_value({})) return false;
    while (!open_.empty()) {
      if (!go_on()) return false;
    }
    skip_space();
    return at_ == text_.size() || fail(at_, "nothing is expected behind the value");
  }

  // Inside of the innermost open list or object: its end, or its next value.
  bool go_on() {
    const auto index = open_.back();
    const bool is_object = tree_.nodes[index].kind == Kind::object;
    const char closing = is_object ? '}' : ']';
    skip_space();
    if (peek() == closing) return close(index);
    if (tree_.nodes[index].size > 0) {
      if (peek() != ',') return fail(at_, is_object ? "',' or '}' is expected" : "',' or ']' is expected");
      ++at_;
      skip_space();
    }
    ++tree_.nodes[index].size;
    if (!is_object) return read_value({});
    const auto name_at = at_;
    if (peek() != '"') return fail(at_, "the name of a member is expected, in double quotes");
    std::string_view name;
    if (!read_literal(name)) return false;
    skip_space();
    if (peek() != ':') return fail(at_, "':' is expected behind a name");
    ++at_;
    skip_space();
    return read_value({.name = name, .offset = name_at});
  }

  bool close(std::uint32_t index) {
    ++at_;
    open_.pop_back();
    tree_.nodes[index].end = static_cast<std::uint32_t>(tree_.nodes.size());
    return tree_.nodes[index].kind != Kind::object || has_each_name_once(index);
  }

  // Few members are compared with each other; many are sorted first.
  bool has_each_name_once(std::uint32_t object) {
    constexpr std::size_t few = 12;
    const auto& nodes = tree_.nodes;
    members_.clear();
    const bool is_small = nodes[object].size <= few;
    for (auto at = object + 1; at < nodes[object].end; at = nodes[at].end) {
      for (std::size_t i = 0; is_small && i < members_.size(); ++i) {
        if (nodes[members_[i]].name == nodes[at].name) return twice(at);
      }
      members_.push_back(at);
    }
    if (is_small) return true;
    std::ranges::sort(members_, {}, [&](auto at) { return std::pair(nodes[at].name, at); });
    const auto same = std::ranges::adjacent_find(members_, {}, [&](auto at) { return nodes[at].name; });
    return same == members_.end() || twice(*std::next(same));
  }
  bool twice(std::uint32_t member) {
    const auto& node = tree_.nodes[member];
    return fail(node.offset, "'" + runtime::printable(node.name, 32) + "' is there twice");
  }

  bool read_value(JsonNode node) {
    if (tree_.nodes.size() >= bounds_.values) {
      return fail(at_, "it holds more than the " + std::to_string(bounds_.values) + " values that are read");
    }
    if (node.name.data() == nullptr) node.offset = at_;
    switch (peek()) {
      case '{':
        return open(node, Kind::object);
      case '[':
        return open(node, Kind::list);
      case '"':
        node.kind = Kind::text;
        return read_literal(node.text) && add(node);
      case 't':
        node.is_true = true;
        return read_word(node, "true", Kind::boolean);
      case 'f':
        return read_word(node, "false", Kind::boolean);
      case 'n':
        return read_word(node, "null", Kind::null);
      default:
        return read_number(node);
    }
  }

  bool open(JsonNode& node, Kind kind) {
    if (open_.size() >= bounds_.depth) {
      return fail(at_,
                  "it is nested deeper than the " + std::to_string(bounds_.depth) + " levels that are read");
    }
    ++at_;
    node.kind = kind;
    open_.push_back(static_cast<std::uint32_t>(tree_.nodes.size()));
    return add(node);
  }

  bool read_word(JsonNode& node, std::string_view word, Kind kind) {
    if (text_.substr(at_, word.size()) != word) return fail(at_, "a value is expected");
    at_ += word.size();
    node.kind = kind;
    return add(node);
  }

  bool read_number(JsonNode& node) {
    const auto begin = at_;
    if (peek() == '-') ++at_;
    if (!is_digit(peek())) return fail(at_, begin == at_ ? "a value is expected" : "a digit is expected");
    if (peek() == '0') {
      ++at_;
      if (is_digit(peek())) return fail(begin, "a number does not begin with zeros");
    }
    skip_digits();
    if (peek() == '.') {
      ++at_;
      if (!is_digit(peek())) return fail(at_, "a digit is expected");
      skip_digits();
    }
    if (peek() == 'e' || peek() == 'E') {
      ++at_;
      if (peek() == '+' || peek() == '-') ++at_;
      if (!is_digit(peek())) return fail(at_, "a digit is expected");
      skip_digits();
    }
    node.kind = Kind::number;
    node.text = text_.substr(begin, at_ - begin);
    return add(node);
  }

  bool read_literal(std::string_view& into) {
    if (tree_.unescaped.capacity() == 0) tree_.unescaped.reserve(text_.size());
    const auto literal = read_json_literal(text_, at_ + 1, tree_.unescaped);
    at_ = literal.end;
    into = literal.value;
    return literal.flaw.empty() || fail(literal.end, std::string(literal.flaw));
  }

  bool add(JsonNode& node) {
    node.end = static_cast<std::uint32_t>(tree_.nodes.size() + 1);
    tree_.nodes.push_back(node);
    return true;
  }

  // NUL is what no rule of JSON expects, so it stands for the end too.
  char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }
  void skip_space() {
    while (peek() == ' ' || peek() == '\n' || peek() == '\r' || peek() == '\t') ++at_;
  }
  void skip_digits() {
    while (is_digit(peek())) ++at_;
  }

  bool fail(std::size_t offset, std::string what) {
    flaw_ = {offset, std::move(what)};
    return false;
  }

  std::string_view text_;
  const JsonBounds& bounds_;
  JsonTree& tree_;
  std::size_t at_ = 0;
  std::vector<std::uint32_t> open_;
  std::vector<std::uint32_t> members_;
  JsonFlaw flaw_;
};

}  // namespace

std::optional<JsonFlaw> parse_json(std::string_view text, const JsonBounds& bounds, JsonTree& into) {
  // A value takes about a dozen bytes of an ordinary body.
  into.nodes.reserve(std::min(text.size() / 12 + 4, bounds.values));
  return JsonParser(text, bounds, into).run();
}

std::string_view name_of(JsonNode::Kind kind) {
  switch (kind) {
    case Kind::null:
      return "null";
    case Kind::boolean:
      return "true or false";
    case Kind::number:
      return "a number";
    case Kind::text:
      return "a text";
    case Kind::list:
      return "a list";
    case Kind::object:
      return "an object";
  }
  return {};
}

}  // namespace waybill::http
