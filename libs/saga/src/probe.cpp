#include "waybill/saga/probe.hpp"

namespace waybill::saga {

Probe::Probe(telemetry::Metrics& metrics)
    : inputs_(metrics.counters("waybill_saga_inputs_total",
                               "What came to sagas: answers, deadlines, orders, by what became of it",
                               {"saga", "outcome"})),
      ended_(
          metrics.counters("waybill_saga_ended_total", "Sagas that have ended, by how", {"saga", "status"})),
      operators_(metrics.counters("waybill_saga_needs_operator_total",
                                  "Times that a saga said it needs an operator", {"saga"})),
      no_saga_(metrics.counter("waybill_saga_unknown_sagas_total", "Answers for sagas that are not there")),
      unknown_version_(metrics.counter(
          "waybill_saga_unknown_versions_total",
          "Inputs that went back because this program does not know their saga's definition")),
      lateness_(
          metrics.histogram("waybill_saga_lateness_seconds", "How long after its deadline a saga went on")),
      looks_(metrics.histogram("waybill_saga_look_duration_seconds",
                               "How long a look for sagas whose deadline has come took")) {}

void Probe::input(std::string_view type, Outcome outcome) const {
  inputs_.with({type, to_string(outcome)}).increment();
}

void Probe::ended(std::string_view type, Status status) const {
  ended_.with({type, to_string(status)}).increment();
}

void Probe::needs_operator(std::string_view type) const { operators_.with({type}).increment(); }

}  // namespace waybill::saga
