#include "line_check.hpp"

namespace waybill::http {

std::optional<std::string_view> LineCheck::look(std::string_view bytes) {
  while (!is_over_) {
    const auto end = bytes.find('\n', looked_at_);
    if (end == std::string_view::npos) {
      looked_at_ = bytes.size();
      return std::nullopt;
    }
    if (end == 0 || bytes[end - 1] != '\r') return "a line does not end with CR and LF";
    is_over_ = end == 1 || bytes[end - 2] == '\n';
    looked_at_ = end;
    // What the next line begins with has to be seen first.
    if (is_over_ || end + 1 == bytes.size()) return std::nullopt;
    if (bytes[end + 1] == ' ' || bytes[end + 1] == '\t') {
      return "a header field goes on in a second line, which HTTP has given up";
    }
    looked_at_ = end + 1;
  }
  return std::nullopt;
}

}  // namespace waybill::http
