#include "waybill/resilience/circuit_breaker.hpp"

#include <mutex>
#include <utility>

#include "breaker_machine.hpp"
#include "waybill/base/ensure.hpp"

namespace waybill::resilience {
namespace {

const BreakerOptions& checked(const BreakerOptions& options) {
  check(options);
  return options;
}

}  // namespace

struct CircuitBreaker::Impl {
  Impl(const BreakerOptions& options, const base::Clock& its_clock, BreakerObserver its_observer)
      : clock(its_clock), observer(std::move(its_observer)), machine(checked(options), its_clock.steady()) {}

  Entry enter() {
    std::unique_lock lock(mutex);
    const auto era = machine.enter(clock.steady());
    if (era) ++permits;
    tell_changes(lock);
    if (!era) return era.error();
    return Permit{*this, *era};
  }

  void leave(BreakerMachine::Era era, CallEnd end) noexcept {
    std::unique_lock lock(mutex);
    --permits;
    machine.leave(era, end, clock.steady());
    tell_changes(lock);
  }

  // The observer is called without the lock, so that it may use the breaker. What changes meanwhile is told
  // by the thread that is telling already: in order, and one at a time.
  void tell_changes(std::unique_lock<std::mutex>& lock) noexcept {
    if (telling) return;
    telling = true;
    while (const auto change = machine.take_change()) {
      if (!observer) continue;
      lock.unlock();
      observer(*change);
      lock.lock();
    }
    telling = false;
  }

  const base::Clock& clock;
  const BreakerObserver observer;
  std::mutex mutex;
  BreakerMachine machine;
  std::uint64_t permits = 0;
  bool telling = false;
};

CircuitBreaker::CircuitBreaker(const BreakerOptions& options, const base::Clock& clock,
                               BreakerObserver observer)
    : impl_(std::make_unique<Impl>(options, clock, std::move(observer))) {}

CircuitBreaker::~CircuitBreaker() { ENSURE(impl_->permits == 0, "a circuit breaker outlives its permits"); }

CircuitBreaker::Entry CircuitBreaker::try_enter() { return impl_->enter(); }

BreakerState CircuitBreaker::state() const {
  const std::lock_guard lock(impl_->mutex);
  return impl_->machine.state();
}

CircuitBreaker::Permit::Permit(Permit&& other) noexcept
    : breaker_(std::exchange(other.breaker_, nullptr)), era_(other.era_) {}

CircuitBreaker::Permit& CircuitBreaker::Permit::operator=(Permit&& other) noexcept {
  if (this != &other) {
    abandon();
    breaker_ = std::exchange(other.breaker_, nullptr);
    era_ = other.era_;
  }
  return *this;
}

CircuitBreaker::Permit::~Permit() { abandon(); }

void CircuitBreaker::Permit::succeeded() {
  ENSURE(breaker_ != nullptr, "a permit is answered once");
  std::exchange(breaker_, nullptr)->leave(era_, CallEnd::succeeded);
}

void CircuitBreaker::Permit::failed() {
  ENSURE(breaker_ != nullptr, "a permit is answered once");
  std::exchange(breaker_, nullptr)->leave(era_, CallEnd::failed);
}

void CircuitBreaker::Permit::abandon() noexcept {
  if (breaker_ != nullptr) std::exchange(breaker_, nullptr)->leave(era_, CallEnd::abandoned);
}

}  // namespace waybill::resilience
