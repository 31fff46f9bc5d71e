#include "require.hpp"
#include "waybill/resilience/breaker_state.hpp"

namespace waybill::resilience {
namespace {

std::string cause_of(const BreakerChange& change) {
  switch (change.why) {
    case BreakerChange::Why::too_many_failures:
      return std::to_string(change.failures) + " of " + std::to_string(change.calls) + " calls failed";
    case BreakerChange::Why::cooled_down:
      return "cooled down";
    case BreakerChange::Why::probe_failed:
      return "a probe failed";
    case BreakerChange::Why::probes_succeeded:
      return "the probes succeeded";
  }
  return "";
}

}  // namespace

std::string_view to_string(BreakerState state) {
  switch (state) {
    case BreakerState::closed:
      return "closed";
    case BreakerState::open:
      return "open";
    case BreakerState::half_open:
      return "half-open";
  }
  return "";
}

std::string to_string(const BreakerChange& change) {
  return std::string{to_string(change.from)} + " -> " + std::string{to_string(change.to)} + ": " +
         cause_of(change);
}

std::string to_string(const BreakerRefusal& refusal) {
  return (refusal.state == BreakerState::open
              ? "the circuit is open after failures; try again in "
              : "the circuit is half-open and its probes are under way; try again within ") +
         in_ms(refusal.retry_after);
}

}  // namespace waybill::resilience
