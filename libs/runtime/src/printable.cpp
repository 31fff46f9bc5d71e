#include "waybill/runtime/printable.hpp"

#include <algorithm>

namespace waybill::runtime {

std::string printable(std::string_view text, std::size_t longest) {
  std::string shown(text.substr(0, longest));
  std::ranges::replace_if(
      shown, [](char c) { return c < ' ' || c > '~'; }, '?');
  return shown + (text.size() > longest ? "…" : "");
}

}  // namespace waybill::runtime
