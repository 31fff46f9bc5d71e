#include "waybill/amqp/probe.hpp"

#include <utility>

namespace waybill::amqp {
namespace {

constexpr std::array<std::pair<Trouble, std::string_view>, 9> trouble_names{{
    {Trouble::starting, "starting"},
    {Trouble::unreachable, "unreachable"},
    {Trouble::login_refused, "login refused"},
    {Trouble::tls, "tls"},
    {Trouble::virtual_host, "virtual host"},
    {Trouble::topology, "topology"},
    {Trouble::channel, "channel"},
    {Trouble::lost, "lost"},
    {Trouble::closed, "closed"},
}};

constexpr std::array<std::pair<message::Settlement, std::string_view>, 3> settlement_names{{
    {message::Settlement::ack, "ack"},
    {message::Settlement::requeue, "requeue"},
    {message::Settlement::reject, "reject"},
}};

telemetry::Gauge gauge(telemetry::Metrics& metrics, std::string_view name, std::string_view help,
                       std::string_view connection) {
  return metrics.gauges(name, help, {"connection"}).with({connection});
}

}  // namespace

ConnectionProbe::ConnectionProbe(telemetry::Metrics& metrics, std::string_view connection)
    : connected_(gauge(metrics, "waybill_amqp_connected", "1 while the connection is set up and at work",
                       connection)),
      blocked_(gauge(metrics, "waybill_amqp_blocked",
                     "1 while the broker takes no publications for want of memory or disk", connection)) {
  const auto disconnects = metrics.counters(
      "waybill_amqp_disconnects_total", "Times the connection ceased to work, or failed to begin, by cause",
      {"connection", "trouble"});
  for (const auto& [trouble, name] : trouble_names) {
    disconnected_.at(static_cast<std::size_t>(trouble)) = disconnects.with({connection, name});
  }
}

void ConnectionProbe::changed(const ConnectionState& state) const {
  const auto* gone = std::get_if<Disconnected>(&state);
  connected_.set(gone == nullptr ? 1 : 0);
  blocked_.set(std::holds_alternative<Blocked>(state) ? 1 : 0);
  if (gone != nullptr) disconnected_.at(static_cast<std::size_t>(gone->trouble)).increment();
}

PublisherProbe::PublisherProbe(telemetry::Metrics& metrics, std::string_view connection)
    : ConnectionProbe(metrics, connection),
      confirm_(metrics
                   .histograms("waybill_amqp_confirm_duration_seconds",
                               "From the sending of a message to the broker's confirm", {"connection"})
                   .with({connection})),
      unconfirmed_(
          gauge(metrics, "waybill_amqp_unconfirmed_messages", "Sent and not yet answered for", connection)),
      unsent_(gauge(metrics, "waybill_amqp_unsent_messages", "Handed over and not yet sent", connection)) {
  const auto publishes =
      metrics.counters("waybill_amqp_publishes_total", "Publishes by outcome; each has exactly one",
                       {"connection", "outcome"});
  confirmed_ = publishes.with({connection, "confirmed"});
  nacked_ = publishes.with({connection, "nacked"});
  returned_ = publishes.with({connection, "returned"});
  unknown_ = publishes.with({connection, "unknown"});
}

void PublisherProbe::ended(const message::Outcome& outcome) const {
  struct Count {
    const PublisherProbe& probe;
    void operator()(const message::Confirmed&) const { probe.confirmed_.increment(); }
    void operator()(const message::Nacked&) const { probe.nacked_.increment(); }
    void operator()(const message::Returned&) const { probe.returned_.increment(); }
    void operator()(const message::Unknown&) const { probe.unknown_.increment(); }
  };
  std::visit(Count{*this}, outcome);
}

SubscriberProbe::SubscriberProbe(telemetry::Metrics& metrics, std::string_view connection)
    : ConnectionProbe(metrics, connection) {
  const auto deliveries =
      metrics.counters("waybill_amqp_deliveries_total", "Messages that the broker delivered", {"connection"});
  delivered_ = deliveries.with({connection});
  redelivered_ = metrics
                     .counters("waybill_amqp_redeliveries_total",
                               "Messages delivered that may have been delivered before", {"connection"})
                     .with({connection});
  const auto settled =
      metrics.counters("waybill_amqp_settlements_total", "Deliveries settled, by what became of them",
                       {"connection", "settlement"});
  for (const auto& [settlement, name] : settlement_names) {
    settled_.at(static_cast<std::size_t>(settlement)) = settled.with({connection, name});
  }
}

}  // namespace waybill::amqp
