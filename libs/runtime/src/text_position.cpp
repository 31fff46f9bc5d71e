#include "waybill/runtime/text_position.hpp"

#include <algorithm>

namespace waybill::runtime {

TextPosition position_at(std::string_view text, std::size_t offset) {
  const auto before = text.substr(0, offset);
  const auto last_break = before.rfind('\n');
  const auto line_begin = last_break == std::string_view::npos ? 0 : last_break + 1;
  return {1 + static_cast<int>(std::ranges::count(before, '\n')), before.size() - line_begin + 1};
}

}  // namespace waybill::runtime
