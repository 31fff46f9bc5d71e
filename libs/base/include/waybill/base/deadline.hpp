#pragma once

#include <chrono>

#include "waybill/base/clock.hpp"

namespace waybill::base {

/// The moment, in steady time, by which something has to be over. A value; the clock is asked, not kept.
class Deadline {
 public:
  static Deadline never() { return Deadline{SteadyTime::max()}; }
  static Deadline at(SteadyTime when) { return Deadline{when}; }
  /// A duration too long to be added to the present is never.
  static Deadline after(std::chrono::nanoseconds duration, const Clock& clock = system_clock());

  bool is_never() const { return when_ == SteadyTime::max(); }
  bool passed(const Clock& clock = system_clock()) const;
  /// What is left: zero once it has passed, nanoseconds::max() for never.
  std::chrono::nanoseconds remaining(const Clock& clock = system_clock()) const;
  /// What is left, rounded up, as poll(2) and the like want it: at most `most`, so it is finite for never
  /// too.
  std::chrono::milliseconds remaining_ms(std::chrono::milliseconds most,
                                         const Clock& clock = system_clock()) const;

  SteadyTime when() const { return when_; }
  Deadline earlier_of(Deadline other) const { return when_ < other.when_ ? *this : other; }
  friend auto operator<=>(const Deadline&, const Deadline&) = default;

 private:
  explicit Deadline(SteadyTime when) : when_(when) {}
  SteadyTime when_;
};

}  // namespace waybill::base
