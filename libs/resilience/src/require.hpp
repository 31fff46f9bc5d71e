#pragma once

#include <chrono>
#include <cstdint>
#include <stdexcept>
#include <string>

namespace waybill::resilience {

/// An option that cannot be right is refused when it is given, in words that name it.
inline void require(bool holds, const std::string& option, const std::string& is, const std::string& takes) {
  if (!holds) throw std::invalid_argument("resilience: " + option + " is " + is + "; it takes " + takes);
}

/// Rounded up, so that a wait of less than a millisecond does not read as none.
template <class Period>
std::string in_ms(std::chrono::duration<std::int64_t, Period> duration) {
  return std::to_string(std::chrono::ceil<std::chrono::milliseconds>(duration).count()) + " ms";
}

}  // namespace waybill::resilience
