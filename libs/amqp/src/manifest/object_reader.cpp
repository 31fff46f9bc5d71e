#include "manifest/object_reader.hpp"

#include <algorithm>

#include "waybill/runtime/near_miss.hpp"
#include "waybill/runtime/printable.hpp"

namespace waybill::amqp {
namespace {

std::string listed(const std::vector<std::string>& names) {
  std::string all;
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (i > 0) all += i + 1 == names.size() ? " and " : ", ";
    all += names[i];
  }
  return all;
}

}  // namespace

ObjectReader::ObjectReader(const LocatedJson& value, std::string called,
                           const std::vector<std::string>& known, Findings& findings)
    : value_(value), called_(std::move(called)), findings_(findings) {
  if (value.kind != LocatedJson::Kind::object) {
    add(value.line, "is " + std::string(name_of(value.kind)) + "; write an object with " + listed(known));
  }
  for (const auto& member : value.members) {
    if (std::ranges::find(known, member.name) != known.end()) continue;
    const auto meant = runtime::near_miss(member.name, known);
    add(member.line, "has an unknown '" + runtime::printable(member.name) + "'; " +
                         (meant ? "did you mean " + *meant + "?" : "it takes " + listed(known)));
  }
}

const LocatedJson* ObjectReader::find(std::string_view name) const {
  const auto found = std::ranges::find(value_.members, name, &LocatedJson::Member::name);
  return found == value_.members.end() ? nullptr : &found->value;
}

const LocatedJson* ObjectReader::must(std::string_view name, LocatedJson::Kind kind) const {
  const bool is_missing = value_.kind == LocatedJson::Kind::object && find(name) == nullptr;
  if (is_missing) add(value_.line, "has no '" + std::string(name) + "'; add it");
  return may(name, kind);
}

const LocatedJson* ObjectReader::may(std::string_view name, LocatedJson::Kind kind) const {
  const auto* const found = find(name);
  if (found == nullptr || found->kind == kind) return found;
  add(found->line, "has " + std::string(name_of(found->kind)) + " as its '" + std::string(name) +
                       "'; write " + std::string(name_of(kind)));
  return nullptr;
}

}  // namespace waybill::amqp
