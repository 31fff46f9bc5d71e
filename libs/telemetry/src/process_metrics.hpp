#pragma once

#include <prometheus/metric_family.h>

#include <vector>

namespace waybill::telemetry::detail {

/// The standard process_* figures, read now. What cannot be read is left out.
std::vector<prometheus::MetricFamily> process_metrics();

}  // namespace waybill::telemetry::detail
