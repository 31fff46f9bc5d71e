#pragma once

#include <string>
#include <string_view>

namespace waybill::postgres {

/// In hexadecimal.
std::string sha256(std::string_view text);

}  // namespace waybill::postgres
