#include "waybill/base/backoff.hpp"

#include <algorithm>

#include "waybill/base/ensure.hpp"

namespace waybill::base {

Backoff::Backoff(Limits limits, std::uint64_t seed) : limits_(limits), ceiling_ms_(0), random_(seed) {
  ENSURE(limits.initial.count() > 0 && limits.initial <= limits.maximum && limits.multiplier >= 1.0);
  reset();
}

std::chrono::milliseconds Backoff::next() {
  std::uniform_int_distribution<std::int64_t> wait(0, ceiling().count());
  const std::chrono::milliseconds drawn{wait(random_)};
  ceiling_ms_ = std::min(ceiling_ms_ * limits_.multiplier, static_cast<double>(limits_.maximum.count()));
  return drawn;
}

std::chrono::milliseconds Backoff::ceiling() const {
  return std::chrono::milliseconds{static_cast<std::int64_t>(ceiling_ms_)};
}

void Backoff::reset() { ceiling_ms_ = static_cast<double>(limits_.initial.count()); }

}  // namespace waybill::base
