#pragma once

#include <algorithm>
#include <chrono>

#include "waybill/base/clock.hpp"
#include "waybill/outbox/relay_limits.hpp"

namespace waybill::outbox {

/// When each of the things that come round is due. Pure.
class Turns {
 public:
  Turns(const RelayLimits& limits, base::SteadyTime now)
      : limits_(limits), read_(now), sweep_(now), promote_(now), maintain_(now), blocked_(now) {}

  bool is_read_due(base::SteadyTime now) const { return read_ <= now; }
  void read(bool found_any, bool was_last, base::SteadyTime now) {
    poll_ = found_any ? limits_.poll_busy : std::min(poll_ * 2, limits_.poll_idle);
    read_ = was_last ? now + poll_ : now;
  }
  void read_soon() { read_ = base::SteadyTime::min(); }

  bool is_sweep_due(base::SteadyTime now) const { return sweep_ <= now; }
  // Nine times as long for the rest as for the sweep: then it has a tenth.
  void swept(std::chrono::nanoseconds took, base::SteadyTime now) {
    sweep_ = now + std::max<std::chrono::nanoseconds>(limits_.sweep_every, 9 * took);
  }

  bool is_promote_due(base::SteadyTime now) const { return promote_ <= now; }
  void promoted(bool was_last, base::SteadyTime now) {
    promote_ = was_last ? now + limits_.promote_every : now;
  }

  void promotion_failed(base::SteadyTime now) { promote_ = now + limits_.retry_most; }

  bool is_maintain_due(base::SteadyTime now) const { return maintain_ <= now; }
  void maintained(base::SteadyTime now) { maintain_ = now + limits_.maintain_every; }

  bool is_blocked_due(base::SteadyTime now) const { return blocked_ <= now; }
  void blocked_passed(std::chrono::milliseconds wait, base::SteadyTime now) { blocked_ = now + wait; }
  void blocked_soon() { blocked_ = base::SteadyTime::min(); }

  /// When the first of them is due. Reading only counts where there is room for rows, and sweeping where any
  /// was read.
  base::SteadyTime next(bool has_room, bool any_blocked, bool any_read) const {
    auto soonest = std::min(promote_, maintain_);
    if (any_read) soonest = std::min(soonest, sweep_);
    if (has_room) soonest = std::min(soonest, read_);
    if (has_room && any_blocked) soonest = std::min(soonest, blocked_);
    return soonest;
  }

 private:
  const RelayLimits& limits_;
  std::chrono::milliseconds poll_{1};
  base::SteadyTime read_;
  base::SteadyTime sweep_;
  base::SteadyTime promote_;
  base::SteadyTime maintain_;
  base::SteadyTime blocked_;
};

}  // namespace waybill::outbox
