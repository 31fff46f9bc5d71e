#pragma once

#include <prometheus/metric_family.h>

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "metric_names.hpp"

namespace waybill::telemetry::detail {

/// A histogram's memory: one counter per bucket and one for what is above all bounds. prometheus-cpp's own
/// takes a mutex for each observation; this one takes none.
struct HistogramCell {
  explicit HistogramCell(const std::vector<double>& buckets) : bounds(buckets), counts(buckets.size() + 1) {}
  const std::vector<double> bounds;
  std::vector<std::atomic<std::uint64_t>> counts;
  std::atomic<double> sum{0};
};

/// One series: of the three cells, the one of its family's kind is used.
struct Series {
  std::atomic<std::uint64_t> counter{0};
  std::atomic<double> gauge{0};
  std::unique_ptr<HistogramCell> histogram;
};

/// All series of a name. Series are only ever added, so that handles stay valid.
struct FamilyCells {
  MetricKind kind = MetricKind::counter;
  std::string name;
  std::string help;
  std::vector<std::string> labels;
  std::vector<double> buckets;
  std::size_t series_limit = 0;

  mutable std::mutex mutex;
  std::map<std::vector<std::string>, std::unique_ptr<Series>> series;
  std::uint64_t refused = 0;

  /// The series of these label values, or the one of "other" when there are too many.
  Series& with(std::vector<std::string> values);
  prometheus::MetricFamily collect() const;
  std::uint64_t refused_so_far() const;
};

}  // namespace waybill::telemetry::detail
