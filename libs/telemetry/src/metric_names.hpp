#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "waybill/telemetry/metric_handles.hpp"

namespace waybill::telemetry::detail {

/// What is wrong with a name, its help, its labels or its buckets, for the programmer; empty when nothing is.
std::string fault_of_name(MetricKind kind, std::string_view name);
std::string fault_of_help(std::string_view help);
std::string fault_of_label_names(std::span<const std::string_view> labels);
std::string fault_of_buckets(const std::vector<double>& buckets);

}  // namespace waybill::telemetry::detail
