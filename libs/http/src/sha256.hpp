#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace waybill::http {

using Sha256 = std::array<std::uint8_t, 32>;

Sha256 sha256(std::string_view bytes);

/// Lower-case digits.
std::string hex_of(const Sha256& hash);

}  // namespace waybill::http
