#include "api/customer_id.hpp"

#include <algorithm>

namespace shop::notification {
namespace {

bool is_plain(char letter) {
  return (letter >= '0' && letter <= '9') || (letter >= 'a' && letter <= 'z') ||
         (letter >= 'A' && letter <= 'Z');
}
bool is_inner(char letter) { return is_plain(letter) || letter == '.' || letter == '_' || letter == '-'; }

}  // namespace

bool is_customer_id(std::string_view text) {
  return !text.empty() && text.size() <= 64 && is_plain(text.front()) && std::ranges::all_of(text, is_inner);
}

}  // namespace shop::notification
