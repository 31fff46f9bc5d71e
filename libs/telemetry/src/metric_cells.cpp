#include "metric_cells.hpp"

#include <utility>

namespace waybill::telemetry::detail {

namespace {

prometheus::MetricType type_of(MetricKind kind) {
  switch (kind) {
    case MetricKind::counter:
      return prometheus::MetricType::Counter;
    case MetricKind::gauge:
      return prometheus::MetricType::Gauge;
    case MetricKind::histogram:
      return prometheus::MetricType::Histogram;
  }
  return prometheus::MetricType::Untyped;
}

prometheus::ClientMetric::Histogram collect_histogram(const HistogramCell& cell) {
  prometheus::ClientMetric::Histogram collected;
  for (std::size_t index = 0; index < cell.counts.size(); ++index) {
    collected.sample_count += cell.counts[index].load(std::memory_order_relaxed);
    if (index < cell.bounds.size()) collected.bucket.push_back({collected.sample_count, cell.bounds[index]});
  }
  collected.sample_sum = cell.sum.load(std::memory_order_relaxed);
  return collected;
}

}  // namespace

Series& FamilyCells::with(std::vector<std::string> values) {
  const std::lock_guard lock(mutex);
  if (const auto found = series.find(values); found != series.end()) return *found->second;
  if (series.size() >= series_limit) {
    ++refused;
    values.assign(labels.size(), "other");
  }
  auto& slot = series[std::move(values)];
  if (!slot) {
    slot = std::make_unique<Series>();
    if (kind == MetricKind::histogram) slot->histogram = std::make_unique<HistogramCell>(buckets);
  }
  return *slot;
}

std::uint64_t FamilyCells::refused_so_far() const {
  const std::lock_guard lock(mutex);
  return refused;
}

prometheus::MetricFamily FamilyCells::collect() const {
  prometheus::MetricFamily family{.name = name, .help = help, .type = type_of(kind), .metric = {}};
  const std::lock_guard lock(mutex);
  for (const auto& [values, cells] : series) {
    auto& metric = family.metric.emplace_back();
    for (std::size_t index = 0; index < labels.size(); ++index)
      metric.label.push_back({labels[index], values[index]});
    switch (kind) {
      case MetricKind::counter:
        metric.counter.value = static_cast<double>(cells->counter.load(std::memory_order_relaxed));
        break;
      case MetricKind::gauge:
        metric.gauge.value = cells->gauge.load(std::memory_order_relaxed);
        break;
      case MetricKind::histogram:
        metric.histogram = collect_histogram(*cells->histogram);
        break;
    }
  }
  return family;
}

}  // namespace waybill::telemetry::detail
