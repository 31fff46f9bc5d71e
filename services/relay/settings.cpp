#include "settings.hpp"

#include <algorithm>
#include <utility>

#include "waybill/amqp/endpoint.hpp"

namespace waybill::relay {
namespace {

using namespace std::chrono_literals;
using runtime::Setting;
using runtime::Url;
namespace form = runtime::form;

const Setting<std::vector<Url>> postgres_url{
    "postgres.url", form::list_of(form::url({"postgresql", "postgres"}, form::Hosts::many)),
    "The databases whose outboxes are sent. One with several hosts needs a configuration file"};
const Setting<bool> unsafe_durability =
    Setting{"postgres.allow_unsafe_durability", form::flag(),
            "Take databases that forget commits when they crash, for tests"}
        .by_default("false");
const Setting<std::vector<Url>> rabbitmq_url{"rabbitmq.url", form::list_of(form::url({"amqp", "amqps"})),
                                             "The nodes of the broker, tried in turn"};
const Setting<std::optional<Url>> management_url =
    Setting{"rabbitmq.management_url", form::url({"http", "https"}),
            "Its management API; without it, bindings are not watched"}
        .optional();
const Setting<std::optional<std::string>> tls_authority =
    Setting{
        "rabbitmq.tls.authority", form::text(),
        "The PEM file of who may have signed the broker's certificate; without it, whom the system trusts"}
        .optional();
const Setting<std::optional<std::string>> tls_certificate =
    Setting{"rabbitmq.tls.certificate", form::text(),
            "The PEM file with which the relay tells the broker who it is, its chain included"}
        .optional();
const Setting<std::optional<std::string>> tls_key =
    Setting{"rabbitmq.tls.key", form::text(), "The PEM file of that certificate's key"}.optional();
const Setting<std::optional<std::string>> manifest =
    Setting{"topology.manifest", form::text(), "The file that says which exchanges and queues there are"}
        .optional();
const Setting<TopologyUse> topology =
    Setting{"topology.mode",
            form::one_of<TopologyUse>({{"none", TopologyUse::none},
                                       {"declare", TopologyUse::declare},
                                       {"verify", TopologyUse::verify}}),
            "Whether what the manifest describes is declared or verified on each connection"}
        .by_default("none");
const Setting<std::chrono::milliseconds> look_every =
    Setting{"bindings.look_every", form::duration(100ms, 10min), "How often bindings are compared"}
        .by_default("5s");
const Setting<std::chrono::milliseconds> margin =
    Setting{"bindings.margin", form::duration(0ms, 1h),
            "How much more is sent again than was missed; longer than the broker's counts are late"}
        .by_default("30s");
const Setting<std::chrono::milliseconds> stop_within =
    Setting{"stop.within", form::duration(0ms, 10min), "How long it may go on sending when it is to stop"}
        .by_default("10s");
const Setting<telemetry::Level> log_level =
    Setting{"log.level",
            form::one_of<telemetry::Level>({{"debug", telemetry::Level::debug},
                                            {"info", telemetry::Level::info},
                                            {"warn", telemetry::Level::warn},
                                            {"error", telemetry::Level::error}}),
            "The least that is logged"}
        .by_default("info");
const Setting<telemetry::LogFormat> log_format =
    Setting{"log.format",
            form::one_of<telemetry::LogFormat>(
                {{"json", telemetry::LogFormat::json}, {"console", telemetry::LogFormat::console}}),
            "json for machines, console for people"}
        .by_default("console");

outbox::RelayOptions outbox_of(const Url& url, const runtime::Configuration& from) {
  outbox::RelayOptions options;
  options.name = url.path.size() > 1 ? url.path.substr(1) : url.user;
  options.database.url = url.text;
  options.database.allow_unsafe_durability = from[unsafe_durability];
  options.watch.limits.look_every = from[look_every];
  options.watch.limits.look_within = std::min(from[look_every], options.watch.limits.look_within);
  options.watch.limits.margin = from[margin];
  return options;
}

std::vector<std::string> contradictions(const Settings& settings) {
  std::vector<std::string> lines;
  if (settings.outboxes.empty()) lines.emplace_back("postgres.url names no database; name at least one");
  if (settings.broker.endpoints.empty()) {
    lines.emplace_back("rabbitmq.url names no broker; name at least one");
  }
  for (std::size_t n = 1; n < settings.outboxes.size(); ++n) {
    const auto& name = settings.outboxes[n].name;
    const bool is_twice =
        std::ranges::any_of(settings.outboxes.begin(), settings.outboxes.begin() + static_cast<long>(n),
                            [&](const outbox::RelayOptions& each) { return each.name == name; });
    // Their metrics and log lines could not be told apart.
    if (is_twice) {
      lines.push_back("postgres.url names two databases called '" + name + "'; run a relay for each");
    }
  }
  if (settings.topology != TopologyUse::none && !settings.manifest) {
    lines.emplace_back("topology.mode needs a topology.manifest; set it, or the mode to none");
  }
  if (settings.management && !settings.manifest) {
    lines.emplace_back(
        "rabbitmq.management_url is of use with a topology.manifest only, which says what should be bound; "
        "set it, or leave the URL out");
  }
  const auto& tls = settings.broker.tls;
  if (tls.certificate.empty() != tls.key.empty()) {
    lines.emplace_back(
        "rabbitmq.tls.certificate and rabbitmq.tls.key are of use together only; set both, or neither");
  }
  const bool has_files = !tls.authority.empty() || !tls.certificate.empty();
  const auto is_secured = [](const amqp::Endpoint& endpoint) { return endpoint.tls; };
  if (has_files && std::ranges::none_of(settings.broker.endpoints, is_secured)) {
    lines.emplace_back("rabbitmq.tls is of use with a rabbitmq.url that begins with amqps:// only");
  }
  return lines;
}

}  // namespace

runtime::Schema schema() {
  return {{"PostgreSQL", {postgres_url, unsafe_durability}},
          {"RabbitMQ", {rabbitmq_url, management_url, tls_authority, tls_certificate, tls_key}},
          {"Topology", {manifest, topology, look_every, margin}},
          {"Process", {stop_within, log_level, log_format}}};
}

Settings settings_of(const runtime::Configuration& configuration) {
  Settings settings;
  for (const auto& url : configuration[postgres_url]) {
    settings.outboxes.push_back(outbox_of(url, configuration));
  }
  settings.broker.endpoints.clear();
  for (const auto& url : configuration[rabbitmq_url]) {
    settings.broker.endpoints.push_back(amqp::parse_url(url.text).value());
  }
  settings.broker.tls = {.authority = configuration[tls_authority].value_or(""),
                         .certificate = configuration[tls_certificate].value_or(""),
                         .key = configuration[tls_key].value_or("")};
  settings.manifest = configuration[manifest];
  settings.topology = configuration[topology];
  if (const auto& url = configuration[management_url]) {
    settings.management.emplace();
    settings.management->url = url->text;
    const auto& [authority, certificate, key] = settings.broker.tls;
    settings.management->tls = {.authority = authority, .certificate = certificate, .key = key};
    if (!settings.broker.endpoints.empty()) {
      settings.management->virtual_host = settings.broker.endpoints.front().virtual_host;
    }
  }
  settings.stop_within = configuration[stop_within];
  settings.log = {.format = configuration[log_format], .level = configuration[log_level], .service = "relay"};
  if (auto lines = contradictions(settings); !lines.empty()) {
    throw runtime::ConfigurationRefused({.lines = std::move(lines)});
  }
  return settings;
}

}  // namespace waybill::relay
