#include "waybill/http/probe.hpp"

#include <algorithm>
#include <array>
#include <string>

namespace waybill::http {
namespace {

constexpr std::array<std::string_view, 5> status_class_names{"1xx", "2xx", "3xx", "4xx", "5xx"};
constexpr std::array all_turned{Turned::malformed,    Turned::too_large, Turned::too_slow, Turned::unknown,
                                Turned::unauthorized, Turned::throttled, Turned::shed};

}  // namespace

std::string_view to_string(Turned turned) {
  switch (turned) {
    case Turned::malformed:
      return "malformed";
    case Turned::too_large:
      return "too_large";
    case Turned::too_slow:
      return "too_slow";
    case Turned::unknown:
      return "unknown";
    case Turned::unauthorized:
      return "unauthorized";
    case Turned::throttled:
      return "throttled";
    case Turned::shed:
      break;
  }
  return "shed";
}

ServerProbe::ServerProbe(telemetry::Metrics& metrics, std::string_view server)
    : metrics_(&metrics),
      server_(server),
      connections_(
          metrics.gauges("waybill_http_connections", "Connections of clients", {"server"}).with({server})),
      requests_(metrics.gauges("waybill_http_requests_under_way", "Requests that handlers are at", {"server"})
                    .with({server})),
      streams_(metrics.gauges("waybill_http_streams", "Open streams of server-sent events", {"server"})
                   .with({server})),
      evicted_(metrics
                   .counters("waybill_http_connections_evicted_total",
                             "Waiting connections that were closed to make room for another", {"server"})
                   .with({server})) {
  const auto turned = metrics.counters("waybill_http_turned_away_total",
                                       "Requests that did not come to a handler", {"server", "why"});
  for (const auto why : all_turned) {
    turned_.at(static_cast<std::size_t>(why)) = turned.with({server, to_string(why)});
  }
}

ServerProbe::OfRoute ServerProbe::of_route(std::string_view method, std::string_view route) const {
  OfRoute probe;
  if (metrics_ == nullptr) return probe;
  const auto answers = metrics_->counters("waybill_http_answers_total",
                                          "Requests that were answered, by the class of the status",
                                          {"server", "method", "route", "status"});
  for (std::size_t i = 0; i < status_class_names.size(); ++i) {
    probe.answers_.at(i) = answers.with({server_, method, route, status_class_names.at(i)});
  }
  probe.duration_ = metrics_
                        ->histograms("waybill_http_request_duration_seconds",
                                     "From the first byte of a request to the last of its answer",
                                     {"server", "method", "route"})
                        .with({server_, method, route});
  return probe;
}

void ServerProbe::OfRoute::answered(int status, std::chrono::nanoseconds took) const {
  answers_.at(static_cast<std::size_t>(std::clamp(status / 100, 1, 5) - 1)).increment();
  duration_.observe(took);
}

void ServerProbe::turned_away(Turned why) const { turned_.at(static_cast<std::size_t>(why)).increment(); }

}  // namespace waybill::http
