#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <initializer_list>
#include <string_view>

namespace waybill::telemetry {

class Metrics;
namespace detail {
enum class MetricKind { counter, gauge, histogram };
struct HistogramCell;
struct FamilyCells;
}  // namespace detail

/// Handles are small, copyable, and valid as long as the Metrics they came from. Using one takes no lock,
/// from any thread. A handle that came from nowhere (default-constructed, or from Metrics::none()) does
/// nothing, at the cost of one branch.

/// Only goes up.
class Counter {
 public:
  Counter() = default;
  void increment(std::uint64_t by = 1) const noexcept {
    if (cell_ != nullptr) cell_->fetch_add(by, std::memory_order_relaxed);
  }
  std::uint64_t value() const noexcept {
    return cell_ == nullptr ? 0 : cell_->load(std::memory_order_relaxed);
  }

 private:
  friend class Metrics;
  template <class Handle>
  friend class Family;
  explicit Counter(std::atomic<std::uint64_t>* cell) : cell_(cell) {}
  std::atomic<std::uint64_t>* cell_ = nullptr;
};

/// Goes up and down.
class Gauge {
 public:
  Gauge() = default;
  void set(double value) const noexcept {
    if (cell_ != nullptr) cell_->store(value, std::memory_order_relaxed);
  }
  void add(double by) const noexcept {
    if (cell_ != nullptr) cell_->fetch_add(by, std::memory_order_relaxed);
  }
  double value() const noexcept { return cell_ == nullptr ? 0 : cell_->load(std::memory_order_relaxed); }

 private:
  friend class Metrics;
  template <class Handle>
  friend class Family;
  explicit Gauge(std::atomic<double>* cell) : cell_(cell) {}
  std::atomic<double>* cell_ = nullptr;
};

/// Counts observations in buckets. A NaN is not counted.
class Histogram {
 public:
  Histogram() = default;
  void observe(double value) const noexcept;
  /// In seconds.
  void observe(std::chrono::nanoseconds duration) const noexcept {
    if (cell_ != nullptr) observe(std::chrono::duration<double>(duration).count());
  }
  std::uint64_t count() const noexcept;
  double sum() const noexcept;

 private:
  friend class Metrics;
  template <class Handle>
  friend class Family;
  explicit Histogram(detail::HistogramCell* cell) : cell_(cell) {}
  detail::HistogramCell* cell_ = nullptr;
};

/// The series of one name, told apart by the values of its labels: `family.with({"orders", "confirmed"})`.
/// The values stand in the order of the family's label names. with() takes a lock: call it once and keep the
/// handle where it is used often. Beyond the family's limit of series, new values share one series whose
/// labels all say "other".
template <class Handle>
class Family {
 public:
  Family() = default;
  Handle with(std::initializer_list<std::string_view> label_values) const;

 private:
  friend class Metrics;
  explicit Family(detail::FamilyCells* cells) : cells_(cells) {}
  detail::FamilyCells* cells_ = nullptr;
};

extern template class Family<Counter>;
extern template class Family<Gauge>;
extern template class Family<Histogram>;

}  // namespace waybill::telemetry
