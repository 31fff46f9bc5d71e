#pragma once

#include <string_view>

namespace shop::notification {

/// In words, for those who are told that theirs is none.
inline constexpr std::string_view customer_id_form = "1 to 64 letters, digits, '.', '_' and '-'";

/// Whether it is an id that a customer can have: as the order service takes them.
bool is_customer_id(std::string_view text);

}  // namespace shop::notification
