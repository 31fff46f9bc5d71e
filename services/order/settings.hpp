#pragma once

#include "saga/place_order.hpp"
#include "waybill/runtime/configuration.hpp"
#include "waybill/runtime/schema.hpp"

namespace shop::order {

/// How long the steps of an order may take.
waybill::runtime::Section saga_section();
StepLimits step_limits(const waybill::runtime::Configuration& configuration);

}  // namespace shop::order
