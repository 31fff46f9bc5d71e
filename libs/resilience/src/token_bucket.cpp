#include "waybill/resilience/token_bucket.hpp"

#include <limits>
#include <numeric>

#include "elapsed.hpp"
#include "require.hpp"

namespace waybill::resilience {
namespace {

using std::chrono::nanoseconds;

constexpr nanoseconds longest_period = std::chrono::hours{24};

// A full bucket fits into a duration's range, and so does every wait.
constexpr std::uint64_t most_parts = std::numeric_limits<nanoseconds::rep>::max();

std::uint64_t common_divisor(const RateLimit& limit) {
  return std::gcd(limit.tokens, static_cast<std::uint64_t>(limit.per.count()));
}

std::uint64_t parts_per_token(const RateLimit& limit) {
  return static_cast<std::uint64_t>(limit.per.count()) / common_divisor(limit);
}

const RateLimit& checked(const RateLimit& limit) {
  check(limit);
  return limit;
}

std::uint64_t divided_up(std::uint64_t dividend, std::uint64_t divisor) {
  return dividend / divisor + (dividend % divisor == 0 ? 0 : 1);
}

}  // namespace

void check(const RateLimit& limit) {
  require(limit.tokens > 0, "tokens", "0", "1 or more");
  require(limit.per.count() > 0 && limit.per <= longest_period, "per",
          std::to_string(limit.per.count()) + " ns", "1 ns to 24 h");
  const auto most = most_parts / parts_per_token(limit);
  require(limit.burst > 0 && limit.burst <= most, "burst", std::to_string(limit.burst),
          "1 to " + std::to_string(most) + " at this rate");
}

TokenBucket::TokenBucket(const RateLimit& limit, base::SteadyTime now)
    : parts_per_ns_(checked(limit).tokens / common_divisor(limit)),
      parts_per_token_(parts_per_token(limit)),
      burst_(limit.burst),
      parts_(limit.burst * parts_per_token_),
      filled_(now) {}

boost::system::result<void, Throttled> TokenBucket::try_take(std::uint64_t tokens, base::SteadyTime now) {
  if (tokens > burst_) return Throttled{Throttled::never};
  const auto price = tokens * parts_per_token_;
  const std::lock_guard lock(mutex_);
  fill(now);
  if (price > parts_) {
    const auto wait = divided_up(price - parts_, parts_per_ns_);
    return Throttled{nanoseconds{static_cast<nanoseconds::rep>(wait)}};
  }
  parts_ -= price;
  return {};
}

Remaining TokenBucket::remaining(base::SteadyTime now) const {
  const std::lock_guard lock(mutex_);
  const auto parts = parts_at(now);
  const auto full_in = divided_up(burst_ * parts_per_token_ - parts, parts_per_ns_);
  return {.tokens = parts / parts_per_token_, .full_in = nanoseconds{static_cast<nanoseconds::rep>(full_in)}};
}

std::uint64_t TokenBucket::parts_at(base::SteadyTime now) const {
  const auto elapsed = elapsed_ns(filled_, now);
  const auto full = burst_ * parts_per_token_;
  // Compared before it is multiplied: no distance of two times overflows.
  const bool fills_up = elapsed >= divided_up(full - parts_, parts_per_ns_);
  return fills_up ? full : parts_ + elapsed * parts_per_ns_;
}

void TokenBucket::fill(base::SteadyTime now) {
  if (now <= filled_) return;
  parts_ = parts_at(now);
  filled_ = now;
}

std::string to_string(const Throttled& throttled) {
  if (throttled.retry_after == Throttled::never) return "more than a burst at once; ask for less";
  return "too many at once; try again in " + in_ms(throttled.retry_after);
}

}  // namespace waybill::resilience
