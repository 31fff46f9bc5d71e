#include "json_gate.hpp"
#include "waybill/base/utf8.hpp"

#include <google/protobuf/descriptor.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

namespace waybill::contract {
namespace {

namespace pb = google::protobuf;
using Json = nlohmann::json;

// What is known of the values at one place of a document: the message that an object there would be, and
// whether it would be a map of them instead.
struct Expected {
  const pb::Descriptor* message = nullptr;  // none: nothing is known
  bool is_map = false;
};

// An object or an array that has begun.
struct Container {
  const pb::Descriptor* type = nullptr;  // of an object that is a message
  Expected inside{};                     // of the value that comes next
  bool is_object = false;
  std::size_t first_name = 0;
};

// A field by its number, and any other name as it is.
using Name = std::pair<int, std::string>;

const pb::FieldDescriptor* field_of(const pb::Descriptor& type, const std::string& name) {
  const auto* field = type.FindFieldByName(name);
  return field ? field : type.FindFieldByCamelcaseName(name);
}

// Well-known types have a JSON of their own.
const pb::Descriptor* with_fields(const pb::Descriptor* type) {
  return type && type->well_known_type() == pb::Descriptor::WELLKNOWNTYPE_UNSPECIFIED ? type : nullptr;
}

Expected expected_of(const pb::FieldDescriptor& field) {
  if (field.is_map()) return {with_fields(field.message_type()->map_value()->message_type()), true};
  return {with_fields(field.message_type()), false};
}

// What nlohmann's reader, which does not recurse, tells of a document. Each false ends it.
class JsonGate {
 public:
  JsonGate(const pb::Descriptor& type, std::size_t depth) : root_{with_fields(&type)}, depth_(depth) {}

  bool null() { return value(); }
  bool boolean(bool) { return value(); }
  bool number_integer(Json::number_integer_t) { return value(); }
  bool number_unsigned(Json::number_unsigned_t) { return value(); }
  bool number_float(Json::number_float_t, const std::string&) { return value(); }
  bool string(const std::string&) { return value(); }
  bool binary(const Json::binary_t&) { return value(); }

  bool start_object(std::size_t) {
    if (++objects_ > depth_) return too_deep("objects", depth_);
    const auto expected = containers_.empty() ? root_ : containers_.back().inside;
    Container object{.is_object = true, .first_name = names_.size()};
    if (expected.is_map) {
      object.inside.message = expected.message;
    } else {
      object.type = expected.message;
    }
    return enter(object);
  }

  bool key(const std::string& name) {
    auto& object = containers_.back();
    const auto* field = object.type ? field_of(*object.type, name) : nullptr;
    if (object.type) object.inside = field ? expected_of(*field) : Expected{};
    names_.emplace_back(field ? field->number() : 0, field ? std::string{} : name);
    return true;
  }

  bool end_object() {
    const auto first = names_.begin() + static_cast<std::ptrdiff_t>(containers_.back().first_name);
    std::sort(first, names_.end());
    if (const auto twice = std::adjacent_find(first, names_.end()); twice != names_.end()) {
      const auto* type = containers_.back().type;
      const auto* field = type ? type->FindFieldByNumber(twice->first) : nullptr;
      return fail(BadReason::unreadable,
                  field ? field->full_name() + " is there twice" : "an object has a name twice");
    }
    names_.erase(first, names_.end());
    containers_.pop_back();
    --objects_;
    return true;
  }

  bool start_array(std::size_t) {
    if (containers_.empty()) return value();
    return enter({.inside = {containers_.back().inside.message}, .first_name = names_.size()});
  }

  bool end_array() {
    containers_.pop_back();
    return true;
  }

  bool parse_error(std::size_t position, const std::string&, const Json::exception& error) {
    constexpr int number_overflow = 406;
    if (error.id == number_overflow)
      return fail(BadReason::unreadable, "a number is too large for any field");
    return fail(BadReason::unreadable, "it is not JSON, at byte " + std::to_string(position));
  }

  std::optional<BadPayload> take_problem() { return std::move(problem_); }

 private:
  bool fail(BadReason reason, std::string problem) {
    problem_ = BadPayload{reason, {}, std::move(problem)};
    return false;
  }

  bool value() {
    return !containers_.empty() || fail(BadReason::unreadable, "it is JSON, but not an object");
  }

  bool too_deep(const char* what, std::size_t limit) {
    return fail(BadReason::too_deep,
                "it nests deeper than the limit of " + std::to_string(limit) + " " + what);
  }

  bool enter(const Container& container) {
    if (containers_.size() >= 2 * depth_) return too_deep("objects and arrays", 2 * depth_);
    containers_.push_back(container);
    return true;
  }

  Expected root_;
  std::size_t depth_;
  std::size_t objects_ = 0;
  std::vector<Container> containers_;
  std::vector<Name> names_;  // of the objects that have begun, one after the other
  std::optional<BadPayload> problem_;
};

}  // namespace

std::optional<BadPayload> check_json(std::string_view text, const pb::Descriptor& type, std::size_t depth) {
  if (text.empty()) return BadPayload{BadReason::unreadable, {}, "it is empty"};
  if (const auto valid = base::valid_utf8_length(text); valid != text.size())
    return BadPayload{BadReason::invalid_utf8, {}, "it is not UTF-8, at byte " + std::to_string(valid)};
  if (text.starts_with("\xEF\xBB\xBF"))
    return BadPayload{BadReason::unreadable, {}, "it begins with a byte order mark, which JSON has not"};
  JsonGate gate(type, depth);
  Json::sax_parse(text.begin(), text.end(), &gate);
  return gate.take_problem();
}

}  // namespace waybill::contract
