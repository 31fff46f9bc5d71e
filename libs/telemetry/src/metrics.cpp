#include "waybill/telemetry/metrics.hpp"

#include <prometheus/text_serializer.h>

#include <algorithm>
#include <map>
#include <mutex>
#include <sstream>
#include <utility>

#include "metric_cells.hpp"
#include "process_metrics.hpp"
#include "waybill/base/ensure.hpp"

namespace waybill::telemetry {

namespace {

void ensure_faultless(const std::string& fault) { ENSURE(fault.empty(), fault); }

}  // namespace

struct Metrics::Impl {
  explicit Impl(std::size_t limit) : series_limit(limit) {}

  const std::size_t series_limit;
  mutable std::mutex mutex;
  std::map<std::string, std::unique_ptr<detail::FamilyCells>, std::less<>> families;

  detail::FamilyCells* family(detail::MetricKind kind, std::string_view name, std::string_view help,
                              LabelNames labels, const std::vector<double>& buckets) {
    const std::lock_guard lock(mutex);
    if (const auto found = families.find(name); found != families.end()) {
      const auto& known = *found->second;
      const bool same = known.kind == kind && known.buckets == buckets &&
                        std::equal(known.labels.begin(), known.labels.end(), labels.begin(), labels.end());
      ensure_faultless(same ? "" : "metric '" + known.name + "' exists with another kind, labels or buckets");
      return found->second.get();
    }
    auto made = std::make_unique<detail::FamilyCells>();
    made->kind = kind;
    made->name = name;
    made->help = help;
    made->labels.assign(labels.begin(), labels.end());
    made->buckets = buckets;
    made->series_limit = series_limit;
    return families.emplace(made->name, std::move(made)).first->second.get();
  }
};

Metrics::Metrics(std::size_t series_limit) : impl_(std::make_unique<Impl>(series_limit)) {
  ENSURE(series_limit > 0, "a family needs room for one series");
}

Metrics::Metrics(Nothing) {}

Metrics::~Metrics() = default;

Metrics& Metrics::none() {
  static Metrics nothing{Nothing{}};
  return nothing;
}

detail::FamilyCells* Metrics::family(detail::MetricKind kind, std::string_view name, std::string_view help,
                                     LabelNames labels, const std::vector<double>& buckets) {
  ensure_faultless(detail::fault_of_name(kind, name));
  ensure_faultless(detail::fault_of_help(help));
  ensure_faultless(detail::fault_of_label_names({labels.begin(), labels.size()}));
  if (kind == detail::MetricKind::histogram) ensure_faultless(detail::fault_of_buckets(buckets));
  return impl_ == nullptr ? nullptr : impl_->family(kind, name, help, labels, buckets);
}

Counter Metrics::counter(std::string_view name, std::string_view help) {
  return counters(name, help, {}).with({});
}

Gauge Metrics::gauge(std::string_view name, std::string_view help) { return gauges(name, help, {}).with({}); }

Histogram Metrics::histogram(std::string_view name, std::string_view help,
                             const std::vector<double>& buckets) {
  return histograms(name, help, {}, buckets).with({});
}

Family<Counter> Metrics::counters(std::string_view name, std::string_view help, LabelNames labels) {
  return Family<Counter>{family(detail::MetricKind::counter, name, help, labels, {})};
}

Family<Gauge> Metrics::gauges(std::string_view name, std::string_view help, LabelNames labels) {
  return Family<Gauge>{family(detail::MetricKind::gauge, name, help, labels, {})};
}

Family<Histogram> Metrics::histograms(std::string_view name, std::string_view help, LabelNames labels,
                                      const std::vector<double>& buckets) {
  return Family<Histogram>{family(detail::MetricKind::histogram, name, help, labels, buckets)};
}

const std::vector<double>& Metrics::seconds_buckets() {
  static const std::vector<double> bounds = {0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1,
                                             0.25,   0.5,   1,      2.5,   5,    10,    30,   60};
  return bounds;
}

std::string Metrics::render() const {
  if (impl_ == nullptr) return {};
  auto families = detail::process_metrics();
  prometheus::MetricFamily refused{
      .name = "waybill_telemetry_series_refused_total",
      .help = "Requests for a series beyond its family's limit, counted in 'other'",
      .type = prometheus::MetricType::Counter,
      .metric = {}};
  {
    const std::lock_guard lock(impl_->mutex);
    for (const auto& [name, cells] : impl_->families) {
      families.push_back(cells->collect());
      const auto count = cells->refused_so_far();
      if (count == 0) continue;
      auto& metric = refused.metric.emplace_back();
      metric.label.push_back({"family", name});
      metric.counter.value = static_cast<double>(count);
    }
  }
  if (!refused.metric.empty()) families.push_back(std::move(refused));
  std::ostringstream out;
  prometheus::TextSerializer{}.Serialize(out, families);
  return std::move(out).str();
}

}  // namespace waybill::telemetry
