#pragma once

#include <gmock/gmock.h>

#include <stdexcept>
#include <string>

namespace waybill::resilience {

/// Matches what throws because of that option, and says which one it is.
inline auto names(const std::string& option) {
  return testing::ThrowsMessage<std::invalid_argument>(testing::HasSubstr("resilience: " + option + " is "));
}

}  // namespace waybill::resilience
