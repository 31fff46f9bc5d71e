#include "policy/breakers.hpp"

#include "waybill/telemetry/log.hpp"

namespace waybill::outbound {

std::optional<Breakers::Entry> Breakers::of(const std::string& place) {
  if (!options_.breaker) return std::nullopt;
  const auto known = guards_.find(place);
  if (known != guards_.end()) return Entry{*known->second.breaker, known->second.probe};
  if (guards_.size() >= options_.breakers) return std::nullopt;
  auto& guard = guards_[place];
  const std::string name = client_ + ' ' + place;
  guard.probe = resilience::BreakerProbe(metrics_, name);
  guard.breaker.emplace(
      *options_.breaker, clock_, [probe = guard.probe, name](const resilience::BreakerChange& change) {
        probe.changed(change);
        const auto text = to_string(change);
        telemetry::log_warn("outbound_breaker_changed", {{"breaker", name}, {"change", text}});
      });
  return Entry{*guard.breaker, guard.probe};
}

}  // namespace waybill::outbound
