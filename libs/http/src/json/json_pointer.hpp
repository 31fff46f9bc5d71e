#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "json/json_tree.hpp"

namespace waybill::http {

/// Where a value stands, as RFC 6901 writes it in a URL's fragment: "#/lines/0/quantity".
std::string pointer_to(const JsonTree& tree, std::uint32_t node);

/// The pointer to a member, whether it is there or not.
std::string with_member(std::string pointer, std::string_view name);

}  // namespace waybill::http
