#include "waybill/accept/probe.hpp"

#include <vector>

namespace waybill::accept {

std::string_view to_string(Ending ending) {
  switch (ending) {
    case Ending::accepted:
      return "accepted";
    case Ending::replayed:
      return "replayed";
    case Ending::key_missing:
      return "key_missing";
    case Ending::key_invalid:
      return "key_invalid";
    case Ending::key_reused:
      return "key_reused";
    case Ending::in_progress:
      return "in_progress";
    case Ending::full:
      return "full";
    case Ending::stopping:
      return "stopping";
    case Ending::late:
      return "late";
    case Ending::away:
      return "away";
    case Ending::conflict:
      return "conflict";
    case Ending::failed:
      return "failed";
    case Ending::unknown:
      return "unknown";
  }
  return "?";
}

Probe::Probe(telemetry::Metrics& metrics) {
  const auto ended = metrics.counters("waybill_accept_requests_total",
                                      "Requests that change state, by what became of them", {"ending"});
  for (std::size_t i = 0; i < endings; ++i) ended_.at(i) = ended.with({to_string(static_cast<Ending>(i))});
  const std::vector<double> sizes{1, 2, 4, 8, 16, 32, 64};
  size_ = metrics.histogram("waybill_accept_group_requests", "How many requests shared a way to the database",
                            sizes);
  duration_ = metrics.histogram("waybill_accept_group_duration_seconds",
                                "How long a group was at it, with all the transactions that it took");
  committed_ = metrics.histogram("waybill_accept_commit_requests",
                                 "How many requests a transaction that was committed answered", sizes);
  commit_ = metrics.histogram("waybill_accept_commit_duration_seconds",
                              "From a group's last statement to the answer to its COMMIT");
}

}  // namespace waybill::accept
