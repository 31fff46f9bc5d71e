#pragma once

#include <chrono>
#include <optional>
#include <string_view>

#include "waybill/base/clock.hpp"

namespace waybill::outbound {

/// How long a Retry-After header asks to wait: its seconds, or the time until its date, which is none when
/// it has passed. Nothing for anything else. Pure.
std::optional<std::chrono::nanoseconds> retry_after(std::string_view value, base::WallTime now);

}  // namespace waybill::outbound
