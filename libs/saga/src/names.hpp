#pragma once

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>
#include <utility>

namespace waybill::saga {

/// The texts of an enumeration, as they stand in tables and journals.
template <class E, std::size_t n>
using Names = std::array<std::pair<E, std::string_view>, n>;

template <class E, std::size_t n>
constexpr std::string_view name_in(const Names<E, n>& names, E value) {
  for (const auto& [named, text] : names)
    if (named == value) return text;
  return "unknown";
}

template <class E, std::size_t n>
constexpr std::optional<E> value_in(const Names<E, n>& names, std::string_view text) {
  for (const auto& [named, its_text] : names)
    if (its_text == text) return named;
  return std::nullopt;
}

/// The name of a type without its package.
constexpr std::string_view last_part(std::string_view type) {
  const auto dot = type.rfind('.');
  return dot == std::string_view::npos ? type : type.substr(dot + 1);
}

}  // namespace waybill::saga
