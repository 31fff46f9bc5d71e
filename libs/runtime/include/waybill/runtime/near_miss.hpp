#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace waybill::runtime {

/// How many characters have to be inserted, removed, changed or swapped with their neighbour to get from one
/// to the other.
std::size_t edit_distance(std::string_view a, std::string_view b);

/// The name that was probably meant: the nearest one, when it is near at all.
std::optional<std::string> near_miss(std::string_view given, std::span<const std::string> names);

}  // namespace waybill::runtime
