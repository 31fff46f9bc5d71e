#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace waybill::telemetry::detail {

/// Reads exactly 2 * out.size() lower-case hex digits; false for anything else.
bool read_hex(std::string_view text, std::span<std::uint8_t> out);
std::string write_hex(std::span<const std::uint8_t> bytes);

}  // namespace waybill::telemetry::detail
