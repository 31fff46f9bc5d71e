#pragma once

#include <chrono>

#include "waybill/base/clock.hpp"

namespace waybill::amqp::tests {

/// When the tests begin: not at zero, so that there is a time before it.
inline constexpr base::SteadyTime start{std::chrono::hours{1}};

}  // namespace waybill::amqp::tests
