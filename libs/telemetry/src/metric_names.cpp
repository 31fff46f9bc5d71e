#include "metric_names.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "ascii.hpp"

namespace waybill::telemetry::detail {

namespace {

bool name_character(char character) { return is_lower(character) || is_digit(character) || character == '_'; }

// Prometheus wants base units; these would be read a thousandfold wrong.
constexpr std::array<std::string_view, 8> other_units = {
    "_ms", "_us", "_ns", "_milliseconds", "_microseconds", "_nanoseconds", "_minutes", "_kilobytes"};
// Prometheus writes a histogram's series under these.
constexpr std::array<std::string_view, 3> suffixes_taken = {"_count", "_sum", "_bucket"};

bool ends_in_one_of(std::string_view name, std::span<const std::string_view> endings) {
  return std::any_of(endings.begin(), endings.end(), [name](auto ending) { return name.ends_with(ending); });
}

}  // namespace

std::string fault_of_name(MetricKind kind, std::string_view name) {
  const auto fault = [name](std::string_view why) {
    return "metric '" + std::string{name} + "' " + std::string{why};
  };
  if (!name.starts_with("waybill_") || std::count(name.begin(), name.end(), '_') < 2) {
    return fault("is not waybill_<module>_<what>_<unit>");
  }
  if (!std::all_of(name.begin(), name.end(), name_character))
    return fault("holds other characters than a-z, 0-9 and _");
  if (name.ends_with('_') || name.find("__") != std::string_view::npos) return fault("has an empty part");
  if (ends_in_one_of(name, other_units)) return fault("is not in a base unit: use _seconds or _bytes");
  if (ends_in_one_of(name, suffixes_taken)) return fault("ends in a suffix that histograms write");
  const bool total = name.ends_with("_total");
  if (kind == MetricKind::counter && !total) return fault("is a counter: it ends in _total");
  if (kind != MetricKind::counter && total) return fault("is not a counter: it may not end in _total");
  if (kind == MetricKind::histogram && std::count(name.begin(), name.end(), '_') < 3) {
    return fault("is a histogram: it ends in its unit");
  }
  return {};
}

std::string fault_of_help(std::string_view help) {
  if (help.empty()) return "a metric needs a help text";
  return help.find_first_of("\n\r\\") == std::string_view::npos
             ? ""
             : "a help text is one line without backslashes";
}

std::string fault_of_label_names(std::span<const std::string_view> labels) {
  for (auto label = labels.begin(); label != labels.end(); ++label) {
    const bool spelled = !label->empty() && is_lower(label->front()) &&
                         std::all_of(label->begin(), label->end(), name_character);
    if (!spelled || *label == "le")
      return "label '" + std::string{*label} + "' is not a name of a-z, 0-9 and _";
    if (std::find(labels.begin(), label, *label) != label)
      return "label '" + std::string{*label} + "' stands twice";
  }
  return {};
}

std::string fault_of_buckets(const std::vector<double>& buckets) {
  if (buckets.empty() || buckets.size() > 100) return "a histogram has 1 to 100 buckets";
  for (std::size_t index = 0; index < buckets.size(); ++index) {
    if (!std::isfinite(buckets[index])) return "the bounds of buckets are finite";
    if (index > 0 && buckets[index] <= buckets[index - 1]) return "the bounds of buckets rise";
  }
  return {};
}

}  // namespace waybill::telemetry::detail
