#pragma once

#include <boost/system/result.hpp>
#include <cstdint>
#include <deque>
#include <optional>

#include "sliding_window.hpp"
#include "waybill/resilience/breaker_options.hpp"
#include "waybill/resilience/breaker_state.hpp"

namespace waybill::resilience {

enum class CallEnd { succeeded, failed, abandoned };

/// What a circuit breaker decides, without clock, lock or observer. A call belongs to the era in which it was
/// let through; each change of state begins a new one.
class BreakerMachine {
 public:
  using Era = std::uint64_t;

  /// The options were checked.
  BreakerMachine(const BreakerOptions& options, base::SteadyTime now);

  boost::system::result<Era, BreakerRefusal> enter(base::SteadyTime now);
  void leave(Era era, CallEnd end, base::SteadyTime now);

  BreakerState state() const { return state_; }
  /// The oldest change that was not taken yet.
  std::optional<BreakerChange> take_change();

 private:
  void ended_while_closed(bool failure, base::SteadyTime now);
  void probe_ended(CallEnd end, base::SteadyTime now);
  bool meets_limit(const SlidingWindow::Counts& counts) const;
  void become(BreakerState state, BreakerChange::Why why, base::SteadyTime now,
              SlidingWindow::Counts counts = {});

  BreakerOptions options_;
  SlidingWindow window_;
  BreakerState state_ = BreakerState::closed;
  Era era_ = 0;
  base::SteadyTime since_;
  std::uint32_t probing_ = 0;
  std::uint32_t successes_ = 0;
  std::deque<BreakerChange> changes_;
};

}  // namespace waybill::resilience
