#pragma once

namespace waybill::telemetry::detail {

/// Of ASCII, whatever the locale says.
inline bool is_lower(char character) { return character >= 'a' && character <= 'z'; }
inline bool is_digit(char character) { return character >= '0' && character <= '9'; }

}  // namespace waybill::telemetry::detail
