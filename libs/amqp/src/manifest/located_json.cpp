#include "manifest/located_json.hpp"

#include <map>
#include <nlohmann/json.hpp>

#include "waybill/runtime/printable.hpp"
#include "waybill/runtime/text_position.hpp"

namespace waybill::amqp {
namespace {

using Kind = LocatedJson::Kind;
using PlainJson = nlohmann::json;

constexpr std::size_t deepest_nesting = 8;

/// Takes the parser's events, and says itself what it will not go on with.
class LocatedJsonBuilder {
 public:
  LocatedJsonBuilder(std::string_view text, Findings& findings) : text_(text), findings_(findings) {}

  std::optional<LocatedJson> build() {
    const auto* const begin = text_.data();
    const bool whole = PlainJson::sax_parse(runtime::LineCounting(begin, &line_),
                                            runtime::LineCounting(begin + text_.size(), &line_), this);
    if (!whole) return std::nullopt;
    return std::move(root_);
  }

  bool null() { return place(Kind::null), true; }
  bool boolean(bool) { return place(Kind::boolean), true; }
  bool number_integer(std::int64_t) { return place(Kind::number), true; }
  bool number_unsigned(std::uint64_t) { return place(Kind::number), true; }
  bool number_float(double, const std::string&) { return place(Kind::number), true; }
  bool string(std::string& value) {
    place(Kind::text).text = std::move(value);
    return true;
  }
  bool binary(PlainJson::binary_t&) { return false; }

  bool start_object(std::size_t) { return open(Kind::object); }
  bool key(std::string& name) {
    const auto [first, is_new] = open_.back().lines.emplace(name, line_);
    if (!is_new) {
      findings_.add(line_, "'" + runtime::printable(name) + "' is there twice, also in line " +
                               std::to_string(first->second) + "; keep one of the two");
    }
    open_.back().value->members.push_back({std::move(name), line_, {}});
    return true;
  }
  bool end_object() { return close(); }
  bool start_array(std::size_t) { return open(Kind::list); }
  bool end_array() { return close(); }

  bool parse_error(std::size_t position, const std::string&, const nlohmann::detail::exception&) {
    const auto [line, column] = runtime::position_at(text_, position == 0 ? 0 : position - 1);
    findings_.add(line, "the file is not valid JSON at column " + std::to_string(column) +
                            "; mend it there: the rest was not read");
    return false;
  }

 private:
  struct Open {
    LocatedJson* value;
    std::map<std::string, int> lines;  // of its members
  };

  // Only the innermost open value grows, so the pointers to those around it stay valid.
  LocatedJson& place(Kind kind) {
    LocatedJson* value = &root_;
    int line = line_;
    if (!open_.empty() && open_.back().value->kind == Kind::object) {
      auto& member = open_.back().value->members.back();
      value = &member.value;
      line = member.line;
    } else if (!open_.empty()) {
      value = &open_.back().value->items.emplace_back();
    }
    value->kind = kind;
    value->line = line;
    return *value;
  }
  bool open(Kind kind) {
    if (open_.size() >= deepest_nesting) {
      findings_.add(line_, "the file is nested deeper than any manifest; the rest was not read");
      return false;
    }
    open_.push_back({&place(kind), {}});
    return true;
  }
  bool close() {
    open_.pop_back();
    return true;
  }

  std::string_view text_;
  Findings& findings_;
  int line_ = 1;
  LocatedJson root_;
  std::vector<Open> open_;
};

}  // namespace

std::optional<LocatedJson> parse_located(std::string_view text, Findings& findings) {
  return LocatedJsonBuilder(text, findings).build();
}

std::string_view name_of(LocatedJson::Kind kind) {
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

}  // namespace waybill::amqp
