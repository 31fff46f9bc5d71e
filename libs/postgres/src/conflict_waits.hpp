#pragma once

#include <chrono>

#include "waybill/base/backoff.hpp"

namespace waybill::postgres {

/// How long what lost against another transaction waits before it runs again.
inline constexpr base::Backoff::Limits conflict_waits{
    .initial = std::chrono::milliseconds{5}, .maximum = std::chrono::milliseconds{500}, .multiplier = 2.0};

}  // namespace waybill::postgres
