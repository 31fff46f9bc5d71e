#pragma once

#include <boost/system/result.hpp>
#include <cstdint>
#include <memory>

#include "waybill/base/clock.hpp"
#include "waybill/resilience/breaker_options.hpp"
#include "waybill/resilience/breaker_state.hpp"

namespace waybill::resilience {

/// Keeps calls away from something that fails, and finds out with a few of them when it works again.
///
/// Promises: closed, it opens with the call by which the window meets `opens_on`. Open, it lets nothing
/// through for `cool_down`; the first call after it makes it half-open. Half-open, at most `probes` calls are
/// under way at once, `successes` of them close it with an empty window, and one that fails opens it again.
/// A permit that ends without an answer counts neither way and gives its place back. What a call that was let
/// through before a change of state says after it counts for nothing: it tells of another time. Every change
/// is told to the observer.
///
/// Does not promise: to end a call. A probe without an end holds its place for ever, so calls have deadlines.
/// Nothing happens by itself: without calls it stays open, though it has cooled down.
///
/// Concurrency: any thread, except that a permit is used by one at a time. Breaker and clock outlive the
/// permits (ENSURE).
class CircuitBreaker {
 public:
  class Permit;
  using Entry = boost::system::result<Permit, BreakerRefusal>;

  /// Throws std::invalid_argument, see check(). The observer is called after each change, one at a time and
  /// in their order, by a thread that is using the breaker or a permit, not always the one that changed it.
  /// It may use the breaker itself, and must not throw.
  explicit CircuitBreaker(const BreakerOptions& options, const base::Clock& clock = base::system_clock(),
                          BreakerObserver observer = {});
  ~CircuitBreaker();
  CircuitBreaker(const CircuitBreaker&) = delete;
  CircuitBreaker& operator=(const CircuitBreaker&) = delete;

  /// Asks for one call. Make it if there is a permit, and tell the permit how it ended.
  [[nodiscard]] Entry try_enter();
  BreakerState state() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

/// One call that may be made. It is answered once (ENSURE); unanswered, the call counts as abandoned.
class [[nodiscard]] CircuitBreaker::Permit {
 public:
  Permit(Permit&& other) noexcept;
  Permit& operator=(Permit&& other) noexcept;
  ~Permit();

  void succeeded();
  void failed();

 private:
  friend struct CircuitBreaker::Impl;
  Permit(Impl& breaker, std::uint64_t era) : breaker_(&breaker), era_(era) {}
  void abandon() noexcept;

  Impl* breaker_;
  std::uint64_t era_;
};

}  // namespace waybill::resilience
