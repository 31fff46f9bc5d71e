#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace waybill::http {

/// Reads decimal digits, with a '-' before them where they are below zero. Nothing for any other way of
/// writing a number ("+1", "007", "1.0", "1e2"), and for what 64 bits do not hold.
std::optional<std::int64_t> whole_number(std::string_view text);

/// "a whole number from 1 to 1000"
std::string whole_number_accepted(std::int64_t least, std::int64_t most);

}  // namespace waybill::http
