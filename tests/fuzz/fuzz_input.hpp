#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace waybill::fuzz {

/// Takes an input apart from its front. What is not there any more reads as zeros and empty texts, so that
/// every input means something.
class Input {
 public:
  Input(const std::uint8_t* data, std::size_t size) : rest_(reinterpret_cast<const char*>(data), size) {}

  bool empty() const { return rest_.empty(); }

  std::uint8_t byte() {
    if (rest_.empty()) return 0;
    const auto first = static_cast<std::uint8_t>(rest_.front());
    rest_.remove_prefix(1);
    return first;
  }

  std::uint64_t number() {
    std::uint64_t value = 0;
    for (int i = 0; i < 8; ++i) value = value << 8 | byte();
    return value;
  }

  /// Up to the next line break, which goes too: inputs stay readable, and easy to cross.
  std::string line() {
    const auto end = std::min(rest_.find('\n'), rest_.size());
    std::string text{rest_.substr(0, end)};
    rest_.remove_prefix(std::min(end + 1, rest_.size()));
    return text;
  }

  std::string rest() { return std::string{std::exchange(rest_, {})}; }

 private:
  std::string_view rest_;
};

}  // namespace waybill::fuzz
