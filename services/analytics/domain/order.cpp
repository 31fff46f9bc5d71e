#include "domain/order.hpp"

#include <algorithm>

namespace shop::analytics {

Order join(const Order& one, const Order& other) {
  Order joined = one;
  if (other.placed_at)
    joined.placed_at = std::min(one.placed_at.value_or(*other.placed_at), *other.placed_at);
  // Nothing is less than any ending.
  joined.ending = std::max(one.ending, other.ending);
  return joined;
}

bool is_currency(std::string_view text) {
  return text.size() == 3 && std::ranges::all_of(text, [](char c) { return c >= 'A' && c <= 'Z'; });
}

}  // namespace shop::analytics
