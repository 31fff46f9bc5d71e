#pragma once

#include <chrono>
#include <mutex>

namespace waybill::base {

using WallTime = std::chrono::sys_time<std::chrono::microseconds>;
using SteadyTime = std::chrono::steady_clock::time_point;

/// Where time comes from. Wall time is for people and for what is stored; intervals are measured in steady
/// time. Implementations may be used from any thread.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual WallTime wall() const = 0;
  virtual SteadyTime steady() const = 0;
};

/// The machine's clocks.
class SystemClock final : public Clock {
 public:
  WallTime wall() const override;
  SteadyTime steady() const override;
};

/// The one SystemClock of the process, for defaults.
const Clock& system_clock();

/// Stands still until it is moved; wall and steady time can be moved together or apart.
class ManualClock final : public Clock {
 public:
  explicit ManualClock(WallTime wall = WallTime{std::chrono::seconds{1'700'000'000}},
                       SteadyTime steady = SteadyTime{std::chrono::hours{1}})
      : wall_(wall), steady_(steady) {}

  WallTime wall() const override;
  SteadyTime steady() const override;

  void advance(std::chrono::microseconds by);
  void set_wall(WallTime wall);

 private:
  mutable std::mutex mutex_;
  WallTime wall_;
  SteadyTime steady_;
};

}  // namespace waybill::base
