#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <optional>

#include "waybill/base/clock.hpp"

namespace waybill::saga {

/// What the database's clock says, as far as it was heard a short while ago: who begins a saga need not ask
/// for it. Any thread.
class DatabaseClock {
 public:
  explicit DatabaseClock(const base::Clock& clock = base::system_clock()) : clock_(clock) {}

  /// The database has said so in answer to a statement that was sent then: to one that had to wait, it may
  /// have said so long ago.
  void heard(base::WallTime now, base::SteadyTime asked_at) noexcept {
    if (clock_.steady() - asked_at > prompt) return;
    const auto steady = clock_.steady().time_since_epoch();
    ahead_us_.store(now.time_since_epoch().count() -
                        std::chrono::duration_cast<std::chrono::microseconds>(steady).count(),
                    std::memory_order_relaxed);
    heard_at_.store(steady.count(), std::memory_order_release);
  }
  base::SteadyTime steady() const { return clock_.steady(); }
  /// Nothing when that was too long ago: clocks drift, and another server may have taken over.
  std::optional<base::WallTime> now() const noexcept {
    const auto heard_at = heard_at_.load(std::memory_order_acquire);
    const auto steady = clock_.steady().time_since_epoch();
    if (heard_at == never || steady.count() - heard_at > good_for.count()) return std::nullopt;
    return base::WallTime{std::chrono::duration_cast<std::chrono::microseconds>(steady) +
                          std::chrono::microseconds{ahead_us_.load(std::memory_order_relaxed)}};
  }

 private:
  static constexpr std::int64_t never = INT64_MIN;
  static constexpr std::chrono::nanoseconds prompt = std::chrono::milliseconds{50};
  static constexpr std::chrono::nanoseconds good_for = std::chrono::seconds{2};

  const base::Clock& clock_;
  std::atomic<std::int64_t> ahead_us_{0};
  std::atomic<std::int64_t> heard_at_{never};
};

}  // namespace waybill::saga
