#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "waybill/base/clock.hpp"

namespace waybill::resilience {

/// Counts the calls of the last while, in a fixed number of buckets. What was counted is remembered for more
/// than window - window / buckets, and for window at most. A time before one it has seen counts as that one.
class SlidingWindow {
 public:
  struct Counts {
    std::uint64_t calls = 0;
    std::uint64_t failures = 0;
    friend bool operator==(const Counts&, const Counts&) = default;
  };

  SlidingWindow(std::chrono::nanoseconds window, std::uint32_t buckets, base::SteadyTime start);

  void count(base::SteadyTime now, bool failure);
  Counts counts(base::SteadyTime now);
  void clear();

 private:
  struct Bucket {
    std::uint64_t tick = 0;
    Counts counts;
  };
  void advance(base::SteadyTime now);

  std::uint64_t width_ns_;
  base::SteadyTime start_;
  std::uint64_t tick_ = 0;
  std::vector<Bucket> buckets_;  // the one of a tick is at tick % size
};

}  // namespace waybill::resilience
