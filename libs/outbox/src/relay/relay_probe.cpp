#include "waybill/outbox/relay_probe.hpp"

namespace waybill::outbox {

RelayProbe::RelayProbe(telemetry::Metrics& metrics, std::string_view outbox) {
  const auto published =
      metrics.counters("waybill_outbox_published_total", "Publications of the relay, by how they ended",
                       {"outbox", "outcome"});
  confirmed_ = published.with({outbox, "confirmed"});
  refused_ = published.with({outbox, "refused"});
  returned_ = published.with({outbox, "returned"});
  unknown_ = published.with({outbox, "unknown"});
  const auto counter = [&](std::string_view name, std::string_view help) {
    return metrics.counters(name, help, {"outbox"}).with({outbox});
  };
  const auto gauge = [&](std::string_view name, std::string_view help) {
    return metrics.gauges(name, help, {"outbox"}).with({outbox});
  };
  removed_ = counter("waybill_outbox_removed_total", "Rows that were confirmed and deleted");
  promoted_ = counter("waybill_outbox_promoted_total", "Scheduled messages that became due");
  replayed_ = counter("waybill_outbox_replayed_total",
                      "Copies of events that the broker took for queues that had missed them");
  looks_failed_ = counter("waybill_outbox_looks_failed_total",
                          "Times that the broker could not be asked for its bindings");
  bindings_missing_ = gauge("waybill_outbox_bindings_missing", "Bindings that ought to be there and are not");
  leads_ = gauge("waybill_outbox_leads", "1 while this process publishes this outbox, 0 while it stands by");
  rows_ = gauge("waybill_outbox_rows_in_memory", "Rows that the relay has in hand");
  under_way_ = gauge("waybill_outbox_rows_under_way", "Rows published and not answered yet");
  blocked_ = gauge("waybill_outbox_rows_blocked", "Rows that wait in outbox_blocked: they reached no queue");
}

}  // namespace waybill::outbox
