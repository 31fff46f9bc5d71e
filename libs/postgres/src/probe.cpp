#include "waybill/postgres/probe.hpp"

namespace waybill::postgres {
namespace {

constexpr std::array all_kinds{FaultKind::transient, FaultKind::serialization, FaultKind::unavailable,
                               FaultKind::permanent, FaultKind::in_doubt};

}  // namespace

Probe::Probe(telemetry::Metrics& metrics, std::string_view pool) {
  const auto ended =
      metrics.counters("waybill_postgres_transactions_total",
                       "Transactions by how they ended: committed, rolled back by the function, or a fault",
                       {"pool", "outcome"});
  committed_ = ended.with({pool, "committed"});
  rolled_back_ = ended.with({pool, "rolled back"});
  const auto reruns = metrics.counters("waybill_postgres_reruns_total",
                                       "Transactions run again, by the fault before", {"pool", "fault"});
  for (const FaultKind kind : all_kinds) {
    failed_.at(static_cast<std::size_t>(kind)) = ended.with({pool, to_string(kind)});
    rerun_.at(static_cast<std::size_t>(kind)) = reruns.with({pool, to_string(kind)});
  }
  wait_ = metrics
              .histograms("waybill_postgres_connection_wait_seconds",
                          "How long a transaction waited for its connection, connecting included", {"pool"})
              .with({pool});
  duration_ = metrics
                  .histograms("waybill_postgres_transaction_duration_seconds",
                              "How long a committed transaction held its connection", {"pool"})
                  .with({pool});
  in_use_ =
      metrics.gauges("waybill_postgres_connections_in_use", "Connections that run a transaction", {"pool"})
          .with({pool});
}

}  // namespace waybill::postgres
