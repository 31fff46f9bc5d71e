#include "waybill/outbound/probe.hpp"

#include <algorithm>

namespace waybill::outbound {

ClientProbe::ClientProbe(telemetry::Metrics& metrics, std::string_view client)
    : duration_(metrics
                    .histograms("waybill_outbound_request_duration_seconds",
                                "From the asking for a request to its answer or failure", {"client"})
                    .with({client})),
      running_(metrics
                   .gauges("waybill_outbound_requests_under_way",
                           "Requests that have a connection or make one", {"client"})
                   .with({client})),
      waiting_(
          metrics
              .gauges("waybill_outbound_requests_waiting", "Requests that wait for a connection", {"client"})
              .with({client})) {
  const auto answers =
      metrics.counters("waybill_outbound_answers_total",
                       "Requests that were answered, by the class of the status", {"client", "status"});
  static constexpr std::array<std::string_view, status_classes> classes{"1xx", "2xx", "3xx", "4xx", "5xx"};
  for (std::size_t i = 0; i < classes.size(); ++i) answers_.at(i) = answers.with({client, classes.at(i)});

  const auto faults = metrics.counters("waybill_outbound_faults_total",
                                       "Requests without an answer, by cause and by whether they may have "
                                       "had an effect",
                                       {"client", "trouble", "effect"});
  for (const auto trouble : all_troubles) {
    for (const auto effect : {Effect::none, Effect::possible}) {
      faults_.at(static_cast<std::size_t>(trouble)).at(static_cast<std::size_t>(effect)) =
          faults.with({client, to_string(trouble), to_string(effect)});
    }
  }
  const auto connections = metrics.counters("waybill_outbound_exchanges_total",
                                            "Requests that were sent, by whether their connection was new",
                                            {"client", "connection"});
  new_ = connections.with({client, "new"});
  reused_ = connections.with({client, "reused"});
}

void ClientProbe::answered(int status, std::chrono::nanoseconds took) const {
  answers_.at(static_cast<std::size_t>(std::clamp(status / 100, 1, 5) - 1)).increment();
  duration_.observe(took);
}

void ClientProbe::failed(const Failure& failure, std::chrono::nanoseconds took) const {
  faults_.at(static_cast<std::size_t>(failure.trouble))
      .at(static_cast<std::size_t>(failure.effect))
      .increment();
  duration_.observe(took);
}

}  // namespace waybill::outbound
