#pragma once

#include "alarm/overdue_watch.hpp"
#include "waybill/runtime/configuration.hpp"
#include "waybill/runtime/schema.hpp"

namespace shop::inventory {

/// What this service can be configured with beside what every service can.
waybill::runtime::Section settings();

OverdueWatchOptions overdue_watch_options(const waybill::runtime::Configuration& configuration);

}  // namespace shop::inventory
