#include "waybill/telemetry/metric_handles.hpp"

#include <algorithm>
#include <cmath>
#include <type_traits>

#include "metric_cells.hpp"
#include "text.hpp"
#include "waybill/base/ensure.hpp"

namespace waybill::telemetry {

namespace {
constexpr std::size_t label_value_limit = 128;
}

void Histogram::observe(double value) const noexcept {
  if (cell_ == nullptr || std::isnan(value)) return;
  const auto bound = std::lower_bound(cell_->bounds.begin(), cell_->bounds.end(), value);
  const auto bucket = static_cast<std::size_t>(bound - cell_->bounds.begin());
  cell_->counts[bucket].fetch_add(1, std::memory_order_relaxed);
  cell_->sum.fetch_add(value, std::memory_order_relaxed);
}

std::uint64_t Histogram::count() const noexcept {
  std::uint64_t all = 0;
  if (cell_ == nullptr) return all;
  for (const auto& count : cell_->counts) all += count.load(std::memory_order_relaxed);
  return all;
}

double Histogram::sum() const noexcept {
  return cell_ == nullptr ? 0 : cell_->sum.load(std::memory_order_relaxed);
}

template <class Handle>
Handle Family<Handle>::with(std::initializer_list<std::string_view> label_values) const {
  if (cells_ == nullptr) return Handle{};
  ENSURE(label_values.size() == cells_->labels.size(),
         "one value for each label of the family, in their order");
  std::vector<std::string> values;
  values.reserve(label_values.size());
  for (const auto value : label_values) values.push_back(detail::valid_utf8(value, label_value_limit));
  auto& series = cells_->with(std::move(values));
  if constexpr (std::is_same_v<Handle, Counter>) {
    return Handle{&series.counter};
  } else if constexpr (std::is_same_v<Handle, Gauge>) {
    return Handle{&series.gauge};
  } else {
    return Handle{series.histogram.get()};
  }
}

template class Family<Counter>;
template class Family<Gauge>;
template class Family<Histogram>;

}  // namespace waybill::telemetry
