#include "sliding_window.hpp"

#include <algorithm>

#include "elapsed.hpp"

namespace waybill::resilience {

SlidingWindow::SlidingWindow(std::chrono::nanoseconds window, std::uint32_t buckets, base::SteadyTime start)
    : width_ns_(static_cast<std::uint64_t>(window.count()) / buckets), start_(start), buckets_(buckets) {}

void SlidingWindow::count(base::SteadyTime now, bool failure) {
  advance(now);
  auto& bucket = buckets_[tick_ % buckets_.size()];
  if (bucket.tick != tick_) bucket = {.tick = tick_, .counts = {}};
  ++bucket.counts.calls;
  if (failure) ++bucket.counts.failures;
}

SlidingWindow::Counts SlidingWindow::counts(base::SteadyTime now) {
  advance(now);
  Counts sum;
  for (const auto& bucket : buckets_) {
    if (tick_ - bucket.tick >= buckets_.size()) continue;
    sum.calls += bucket.counts.calls;
    sum.failures += bucket.counts.failures;
  }
  return sum;
}

void SlidingWindow::clear() { std::ranges::fill(buckets_, Bucket{}); }

void SlidingWindow::advance(base::SteadyTime now) {
  tick_ = std::max(tick_, elapsed_ns(start_, now) / width_ns_);
}

}  // namespace waybill::resilience
