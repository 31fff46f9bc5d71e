#include "domain/product.hpp"

#include <algorithm>

namespace shop::inventory {
namespace {

bool is_capital(char c) { return c >= 'A' && c <= 'Z'; }

bool is_letter_or_digit(char c) { return is_capital(c) || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }

}  // namespace

bool is_sku(std::string_view text) {
  if (text.empty() || text.size() > 64 || !is_letter_or_digit(text.front())) return false;
  return std::ranges::all_of(
      text, [](char c) { return is_letter_or_digit(c) || c == '.' || c == '_' || c == '-'; });
}

bool is_currency(std::string_view text) { return text.size() == 3 && std::ranges::all_of(text, is_capital); }

bool may_cost(const Product& product, const Money& price) {
  return product.price.currency == price.currency || (product.reserved == 0 && product.sold == 0);
}

}  // namespace shop::inventory
