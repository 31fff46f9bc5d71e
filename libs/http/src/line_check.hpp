#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace waybill::http {

/// Looks over the lines of a head as they come, before they are read: each ends with CR and LF, and none goes
/// on in the next. Two readers may disagree about where such a line ends.
class LineCheck {
 public:
  /// Of bytes that begin behind those that were used. What is wrong.
  std::optional<std::string_view> look(std::string_view bytes);
  void used(std::size_t bytes) { looked_at_ -= bytes < looked_at_ ? bytes : looked_at_; }

 private:
  std::size_t looked_at_ = 0;
  bool is_over_ = false;
};

}  // namespace waybill::http
