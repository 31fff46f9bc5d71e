#include "breaker_machine.hpp"

#include <utility>

#include "elapsed.hpp"

namespace waybill::resilience {

BreakerMachine::BreakerMachine(const BreakerOptions& options, base::SteadyTime now)
    : options_(options), window_(options.window, options.buckets, now), since_(now) {}

boost::system::result<BreakerMachine::Era, BreakerRefusal> BreakerMachine::enter(base::SteadyTime now) {
  if (state_ == BreakerState::closed) return era_;
  if (state_ == BreakerState::open) {
    const auto open_for = elapsed_ns(since_, now);
    const auto cool_down = static_cast<std::uint64_t>(options_.cool_down.count());
    if (open_for < cool_down) {
      return BreakerRefusal{state_,
                            std::chrono::nanoseconds{static_cast<std::int64_t>(cool_down - open_for)}};
    }
    become(BreakerState::half_open, BreakerChange::Why::cooled_down, now);
  }
  if (probing_ == options_.probes) return BreakerRefusal{state_, options_.cool_down};
  ++probing_;
  return era_;
}

void BreakerMachine::leave(Era era, CallEnd end, base::SteadyTime now) {
  if (era != era_) return;
  if (state_ == BreakerState::half_open) return probe_ended(end, now);
  if (end != CallEnd::abandoned) ended_while_closed(end == CallEnd::failed, now);
}

void BreakerMachine::ended_while_closed(bool failure, base::SteadyTime now) {
  window_.count(now, failure);
  const auto counts = window_.counts(now);
  if (meets_limit(counts)) {
    become(BreakerState::open, BreakerChange::Why::too_many_failures, now, counts);
  }
}

void BreakerMachine::probe_ended(CallEnd end, base::SteadyTime now) {
  --probing_;
  if (end == CallEnd::failed) {
    become(BreakerState::open, BreakerChange::Why::probe_failed, now);
  } else if (end == CallEnd::succeeded && ++successes_ == options_.successes) {
    become(BreakerState::closed, BreakerChange::Why::probes_succeeded, now);
  }
}

bool BreakerMachine::meets_limit(const SlidingWindow::Counts& counts) const {
  if (const auto* count = std::get_if<FailureCount>(&options_.opens_on)) {
    return counts.failures >= count->failures;
  }
  const auto& ratio = std::get<FailureRatio>(options_.opens_on);
  return counts.calls >= ratio.minimum_calls && counts.failures * 100 >= counts.calls * ratio.percent;
}

void BreakerMachine::become(BreakerState state, BreakerChange::Why why, base::SteadyTime now,
                            SlidingWindow::Counts counts) {
  changes_.push_back({.from = std::exchange(state_, state),
                      .to = state,
                      .why = why,
                      .at = now,
                      .calls = counts.calls,
                      .failures = counts.failures});
  ++era_;
  since_ = now;
  probing_ = 0;
  successes_ = 0;
  window_.clear();
}

std::optional<BreakerChange> BreakerMachine::take_change() {
  if (changes_.empty()) return std::nullopt;
  const auto oldest = changes_.front();
  changes_.pop_front();
  return oldest;
}

}  // namespace waybill::resilience
