#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <vector>

#include "waybill/base/clock.hpp"

namespace waybill::simulate {

/// A clock that only the simulation moves, with what is to happen at its times.
///
/// Promises: happenings come in the order of their times, those of one time in the order in which they were
/// asked for, and each sees its own time on the clock. Time never goes back; what is asked for in the past
/// happens now. A happening may ask for others, and call them off. Does not promise: an end, to what always
/// asks for one more. Concurrency: the clock may be read from any thread, all else is for one.
class VirtualTime final : public base::Clock {
 public:
  using Happening = std::function<void()>;
  /// Names one happening, also after it has come.
  struct Ticket {
    std::size_t slot = 0;
    std::uint64_t number = 0;
  };

  VirtualTime() = default;
  VirtualTime(const VirtualTime&) = delete;
  VirtualTime& operator=(const VirtualTime&) = delete;

  base::WallTime wall() const override;
  base::SteadyTime steady() const override { return now(); }
  base::SteadyTime now() const { return base::SteadyTime{} + began_at + elapsed(); }
  std::chrono::nanoseconds elapsed() const {
    return std::chrono::nanoseconds{elapsed_ns_.load(std::memory_order_relaxed)};
  }

  Ticket at(base::SteadyTime when, Happening happening);
  Ticket after(std::chrono::nanoseconds duration, Happening happening);
  /// Whether it was still to come.
  bool call_off(Ticket ticket);

  /// Goes to the time of the next happening and lets it happen; false if there is none.
  bool run_next();
  /// Lets so much time pass, with all that happens in it.
  void pass(std::chrono::nanoseconds duration);
  bool is_quiet() const { return waiting_ == 0; }
  std::size_t waiting() const { return waiting_; }

 private:
  static constexpr std::chrono::hours began_at{1};

  struct Slot {
    Happening happening;
    std::uint64_t number = 0;
  };
  struct Due {
    std::int64_t at_ns = 0;
    Ticket ticket;
    bool operator>(const Due& other) const {
      return at_ns != other.at_ns ? at_ns > other.at_ns : ticket.number > other.ticket.number;
    }
  };
  bool run_next_until(std::int64_t last_ns);

  std::atomic<std::int64_t> elapsed_ns_{0};
  std::vector<Due> due_;  // a heap
  std::vector<Slot> slots_;
  std::vector<std::size_t> free_slots_;
  std::uint64_t last_number_ = 0;
  std::size_t waiting_ = 0;
};

}  // namespace waybill::simulate
