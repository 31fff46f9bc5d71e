#include "waybill/http/headers.hpp"

#include <algorithm>
#include <limits>

#include "waybill/base/ensure.hpp"

namespace waybill::http {
namespace {

constexpr char folded(char letter) {
  return letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter - 'A' + 'a') : letter;
}

}  // namespace

bool is_same_name(std::string_view one, std::string_view other) {
  return one.size() == other.size() && std::equal(one.begin(), one.end(), other.begin(),
                                                  [](char a, char b) { return folded(a) == folded(b); });
}

void Headers::add(std::string_view name, std::string_view value) {
  ENSURE(text_.size() + name.size() + value.size() <= std::numeric_limits<std::uint32_t>::max(),
         "header fields are limited before they are kept");
  places_.push_back({.begin = static_cast<std::uint32_t>(text_.size()),
                     .name_bytes = static_cast<std::uint32_t>(name.size()),
                     .value_bytes = static_cast<std::uint32_t>(value.size())});
  text_.append(name).append(value);
}

void Headers::clear() {
  text_.clear();
  places_.clear();
}

std::string_view Headers::name(std::size_t index) const {
  ENSURE(index < places_.size());
  const auto& place = places_[index];
  return std::string_view(text_).substr(place.begin, place.name_bytes);
}

std::string_view Headers::value(std::size_t index) const {
  ENSURE(index < places_.size());
  const auto& place = places_[index];
  return std::string_view(text_).substr(place.begin + place.name_bytes, place.value_bytes);
}

std::optional<std::string_view> Headers::find(std::string_view wanted) const {
  for (std::size_t index = 0; index < places_.size(); ++index) {
    if (is_same_name(name(index), wanted)) return value(index);
  }
  return std::nullopt;
}

std::size_t Headers::count(std::string_view wanted) const {
  std::size_t found = 0;
  for (std::size_t index = 0; index < places_.size(); ++index) {
    if (is_same_name(name(index), wanted)) ++found;
  }
  return found;
}

}  // namespace waybill::http
