#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace shop::notification {

/// How many digits of ISO 4217's currency stand behind the point: 2 for EUR, 0 for JPY, 3 for KWD.
int minor_digits(std::string_view currency);

/// "19.99 EUR", "1999 JPY", "1.999 KWD".
std::string money_text(std::int64_t minor_units, std::string_view currency);

}  // namespace shop::notification
