#include "waybill/resilience/probe.hpp"

#include <utility>

namespace waybill::resilience {
namespace {

constexpr std::array<std::pair<GiveUp::Why, std::string_view>, 3> reason_names{{
    {GiveUp::Why::not_worth_it, "not worth it"},
    {GiveUp::Why::attempts_used, "attempts used"},
    {GiveUp::Why::out_of_time, "out of time"},
}};

template <class E>
std::size_t index_of(E value) {
  return static_cast<std::size_t>(value);
}

}  // namespace

BreakerProbe::BreakerProbe(telemetry::Metrics& metrics, std::string_view name)
    : refused_(metrics
                   .counters("waybill_resilience_breaker_refusals_total",
                             "Calls that a circuit breaker kept away", {"breaker"})
                   .with({name})) {
  const auto in_state = metrics.gauges("waybill_resilience_breaker_state",
                                       "1 for the state that a circuit breaker is in", {"breaker", "state"});
  const auto entered =
      metrics.counters("waybill_resilience_breaker_changes_total",
                       "Changes of a circuit breaker, by the state it went to", {"breaker", "state"});
  for (const auto state : {BreakerState::closed, BreakerState::open, BreakerState::half_open}) {
    in_state_.at(index_of(state)) = in_state.with({name, to_string(state)});
    entered_.at(index_of(state)) = entered.with({name, to_string(state)});
  }
  in_state_.at(index_of(BreakerState::closed)).set(1);
}

void BreakerProbe::changed(const BreakerChange& change) const {
  in_state_.at(index_of(change.from)).set(0);
  in_state_.at(index_of(change.to)).set(1);
  entered_.at(index_of(change.to)).increment();
}

RetryProbe::RetryProbe(telemetry::Metrics& metrics, std::string_view name)
    : retried_(
          metrics.counters("waybill_resilience_retries_total", "Calls that were to be tried again", {"retry"})
              .with({name})),
      wait_(
          metrics
              .histograms("waybill_resilience_retry_wait_seconds", "Waits before another attempt", {"retry"})
              .with({name})) {
  const auto gave_up =
      metrics.counters("waybill_resilience_give_ups_total",
                       "Failed calls that were not tried again, by reason", {"retry", "reason"});
  for (const auto& [why, reason] : reason_names) gave_up_.at(index_of(why)) = gave_up.with({name, reason});
}

void RetryProbe::decided(const RetryVerdict& verdict) const {
  if (const auto* retry = std::get_if<RetryAfter>(&verdict)) {
    retried_.increment();
    wait_.observe(retry->wait);
  } else {
    gave_up_.at(index_of(std::get<GiveUp>(verdict).why)).increment();
  }
}

LimiterProbe::LimiterProbe(telemetry::Metrics& metrics, std::string_view name)
    : granted_(metrics
                   .counters("waybill_resilience_tokens_granted_total", "Tokens that a rate limiter granted",
                             {"limiter"})
                   .with({name})),
      throttled_(metrics
                     .counters("waybill_resilience_throttled_total", "Requests that a rate limiter refused",
                               {"limiter"})
                     .with({name})) {}

BulkheadProbe::BulkheadProbe(telemetry::Metrics& metrics, std::string_view name)
    : running_(
          metrics
              .gauges("waybill_resilience_bulkhead_running_calls", "Calls that are under way", {"bulkhead"})
              .with({name})),
      waiting_(
          metrics.gauges("waybill_resilience_bulkhead_waiting_calls", "Calls that wait in line", {"bulkhead"})
              .with({name})),
      entered_(
          metrics
              .counters("waybill_resilience_bulkhead_entries_total", "Calls that were let in", {"bulkhead"})
              .with({name})),
      refused_(metrics
                   .counters("waybill_resilience_bulkhead_refusals_total",
                             "Refusals to let a call in or to let it wait", {"bulkhead"})
                   .with({name})) {}

void BulkheadProbe::happened(BulkheadEvent event) const {
  switch (event) {
    case BulkheadEvent::entered:
      running_.add(1);
      entered_.increment();
      return;
    case BulkheadEvent::left:
      return running_.add(-1);
    case BulkheadEvent::lined_up:
      return waiting_.add(1);
    case BulkheadEvent::left_line:
      return waiting_.add(-1);
    case BulkheadEvent::refused:
      return refused_.increment();
  }
}

}  // namespace waybill::resilience
