#include "domain/payment.hpp"

#include <algorithm>

namespace shop::payment {

bool is_currency(std::string_view text) {
  return text.size() == 3 && std::ranges::all_of(text, [](char c) { return c >= 'A' && c <= 'Z'; });
}

}  // namespace shop::payment
