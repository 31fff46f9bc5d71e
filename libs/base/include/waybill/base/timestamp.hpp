#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "waybill/base/clock.hpp"

namespace waybill::base {

/// Whether a time falls into the years 0 to 9999, which is what RFC 3339 can write.
bool is_representable(WallTime time);

/// RFC 3339 in UTC, to the microsecond: 2026-01-31T12:00:00.000001Z.
std::string format_timestamp(WallTime time);
/// The same to the millisecond, the rest cut off, for people and APIs.
std::string format_timestamp_ms(WallTime time);

/// Reads RFC 3339 with any offset and any number of fractional digits (cut to microseconds); nothing for
/// anything else.
std::optional<WallTime> parse_timestamp(std::string_view text);

}  // namespace waybill::base
