#pragma once

#include <chrono>

#include "waybill/runtime/setting.hpp"

namespace shop::payment {

/// payment.slow_after
const waybill::runtime::Setting<std::chrono::milliseconds>& slow_after();

}  // namespace shop::payment
