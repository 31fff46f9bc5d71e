#pragma once

#include <boost/system/result.hpp>
#include <chrono>
#include <cstdint>
#include <mutex>
#include <string>

#include "waybill/base/clock.hpp"

namespace waybill::resilience {

/// So many tokens in so much time, in the long run; and `burst` of them at once after a rest.
struct RateLimit {
  std::uint64_t tokens = 100;
  std::chrono::nanoseconds per = std::chrono::seconds{1};
  std::uint64_t burst = 100;
};

/// Throws std::invalid_argument that names the number which cannot be right.
void check(const RateLimit& limit);

/// Tokens that were not granted.
struct Throttled {
  static constexpr std::chrono::nanoseconds never = std::chrono::nanoseconds::max();

  /// After so long they would be granted, if nobody took any before; never, when they are more than a burst.
  std::chrono::nanoseconds retry_after{0};
  friend bool operator==(const Throttled&, const Throttled&) = default;
};

/// "too many at once; try again in 40 ms"
std::string to_string(const Throttled& throttled);

/// What a bucket holds.
struct Remaining {
  std::uint64_t tokens = 0;
  /// After so long it is full, if nobody takes any before.
  std::chrono::nanoseconds full_in{0};
  friend bool operator==(const Remaining&, const Remaining&) = default;
};

/// Lets through what a rate allows.
///
/// Promises: between any two times, at most burst + tokens * (time between) / per tokens are granted. While
/// it is not full, what the time brings is all kept: it counts in whole numbers and loses no fraction. A
/// request is granted whole or not at all, and costs nothing when it is not. A clock that jumps ahead fills
/// the bucket and no more; one that goes back stands still. Does not promise: an order among those who are
/// throttled; the small ones pass the big ones. Concurrency: any thread.
class TokenBucket {
 public:
  /// Begins full. Throws std::invalid_argument, see check().
  TokenBucket(const RateLimit& limit, base::SteadyTime now);

  [[nodiscard]] boost::system::result<void, Throttled> try_take(std::uint64_t tokens, base::SteadyTime now);

  /// Whole tokens. Others may take them before the caller does.
  [[nodiscard]] Remaining remaining(base::SteadyTime now) const;

 private:
  std::uint64_t parts_at(base::SteadyTime now) const;
  void fill(base::SteadyTime now);

  // In parts of a token, so small that a nanosecond brings a whole number of them.
  std::uint64_t parts_per_ns_;
  std::uint64_t parts_per_token_;
  std::uint64_t burst_;
  mutable std::mutex mutex_;
  std::uint64_t parts_;
  base::SteadyTime filled_;
};

}  // namespace waybill::resilience
