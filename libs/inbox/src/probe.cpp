#include "waybill/inbox/probe.hpp"

namespace waybill::inbox {

Probe::Probe(telemetry::Metrics& metrics, std::string_view consumer) {
  const auto ended = metrics.counters("waybill_inbox_messages_total",
                                      "Messages that were taken and not given up, by how they ended",
                                      {"consumer", "ending"});
  constexpr std::array names{"handled", "seen", "stale", "expired", "skipped", "parked"};
  for (std::size_t i = 0; i < endings; ++i) ended_.at(i) = ended.with({consumer, names.at(i)});
  const auto dead = metrics.counters("waybill_inbox_dead_letters_total",
                                     "Messages that were given up, by the reason", {"consumer", "reason"});
  for (std::size_t i = 0; i < reasons; ++i) {
    dead_.at(i) = dead.with({consumer, to_string(static_cast<Reason>(i))});
  }
  const auto counter = [&](std::string_view name, std::string_view help) {
    return metrics.counters(name, help, {"consumer"}).with({consumer});
  };
  retried_ = counter("waybill_inbox_retries_total", "Attempts that failed and are to be made again");
  batches_ = counter("waybill_inbox_batches_total", "Transactions' worth of messages");
  messages_ = counter("waybill_inbox_batched_total", "Messages in those batches");
  gave_back_ = counter("waybill_inbox_given_back_total",
                       "Times that messages went back to the broker because the database was away");
  duration_ = metrics
                  .histograms("waybill_inbox_batch_duration_seconds",
                              "How long it took to handle a batch and commit it", {"consumer"})
                  .with({consumer});
}

}  // namespace waybill::inbox
