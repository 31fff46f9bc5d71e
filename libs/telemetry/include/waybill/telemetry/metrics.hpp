#pragma once

#include <cstddef>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "waybill/telemetry/metric_handles.hpp"

namespace waybill::telemetry {

/// The metrics of a process, in Prometheus's model. Modules do not count here and there: each has a probe, a
/// class whose members are handles and whose functions are what happened (see README).
///
/// A name is waybill_<module>_<what>_<unit>, lower case: a counter ends in _total, a histogram in its unit
/// (_seconds, _bytes, _messages …), a gauge in its unit if it has one, never in _total. A wrong name is a bug
/// (ENSURE). Asking again for a name gives the same series, if kind, label names and buckets are the same;
/// otherwise it is a bug.
///
/// Promises: memory is bounded: a family has at most `series_limit` series, the rest is counted in one series
/// "other" and in waybill_telemetry_series_refused_total; label values are made valid UTF-8 and cut at 128
/// bytes. Any thread may call anything.
class Metrics {
 public:
  using LabelNames = std::initializer_list<std::string_view>;

  explicit Metrics(std::size_t series_limit = 1'000);
  ~Metrics();
  Metrics(const Metrics&) = delete;
  Metrics& operator=(const Metrics&) = delete;

  /// Gives handles that do nothing: for code that is used without metrics. The default of every probe.
  static Metrics& none();

  Counter counter(std::string_view name, std::string_view help);
  Gauge gauge(std::string_view name, std::string_view help);
  Histogram histogram(std::string_view name, std::string_view help,
                      const std::vector<double>& buckets = seconds_buckets());

  Family<Counter> counters(std::string_view name, std::string_view help, LabelNames labels);
  Family<Gauge> gauges(std::string_view name, std::string_view help, LabelNames labels);
  Family<Histogram> histograms(std::string_view name, std::string_view help, LabelNames labels,
                               const std::vector<double>& buckets = seconds_buckets());

  /// Upper bounds from half a millisecond to a minute, for durations in seconds.
  static const std::vector<double>& seconds_buckets();

  /// Everything in Prometheus's text format, with the process's own figures (process_cpu_seconds_total,
  /// process_resident_memory_bytes, process_open_fds …) read at this moment. Empty for none().
  std::string render() const;

 private:
  struct Impl;
  struct Nothing {};
  explicit Metrics(Nothing);
  detail::FamilyCells* family(detail::MetricKind kind, std::string_view name, std::string_view help,
                              LabelNames labels, const std::vector<double>& buckets);
  std::unique_ptr<Impl> impl_;
};

}  // namespace waybill::telemetry
