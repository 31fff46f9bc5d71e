#include "waybill/service/broker_settings.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include "waybill/amqp/endpoint.hpp"
#include "waybill/runtime/setting.hpp"

namespace waybill::service {
namespace {

using namespace std::chrono_literals;
using runtime::Setting;
using runtime::Url;
namespace form = runtime::form;

// Functions, so that the settings of this library are there before a process's own statics use them.
const Setting<std::vector<Url>>& rabbitmq_url() {
  static const Setting<std::vector<Url>> setting{"rabbitmq.url", form::list_of(form::url({"amqp", "amqps"})),
                                                 "The nodes of the broker, tried in turn"};
  return setting;
}
const Setting<std::optional<Url>>& management_url() {
  static const auto setting = Setting{"rabbitmq.management_url", form::url({"http", "https"}),
                                      "Its management API; without it, bindings are not watched"}
                                  .optional();
  return setting;
}
const Setting<std::optional<std::string>>& tls_authority() {
  static const auto setting =
      Setting{
          "rabbitmq.tls.authority", form::text(),
          "The PEM file of who may have signed the broker's certificate; without it, whom the system trusts"}
          .optional();
  return setting;
}
const Setting<std::optional<std::string>>& tls_certificate() {
  static const auto setting =
      Setting{"rabbitmq.tls.certificate", form::text(),
              "The PEM file with which the process tells the broker who it is, its chain included"}
          .optional();
  return setting;
}
const Setting<std::optional<std::string>>& tls_key() {
  static const auto setting =
      Setting{"rabbitmq.tls.key", form::text(), "The PEM file of that certificate's key"}.optional();
  return setting;
}
const Setting<std::optional<std::string>>& manifest_path() {
  static const auto setting =
      Setting{"topology.manifest", form::text(), "The file that says which exchanges and queues there are"}
          .optional();
  return setting;
}
const Setting<TopologyUse>& topology_mode() {
  static const auto setting =
      Setting{"topology.mode",
              form::one_of<TopologyUse>({{"none", TopologyUse::none},
                                         {"declare", TopologyUse::declare},
                                         {"verify", TopologyUse::verify}}),
              "Whether what the manifest describes is declared or verified on each connection"}
          .by_default("none");
  return setting;
}
const Setting<std::chrono::milliseconds>& look_every() {
  static const auto setting =
      Setting{"bindings.look_every", form::duration(100ms, 10min), "How often bindings are compared"}
          .by_default("5s");
  return setting;
}
const Setting<std::chrono::milliseconds>& margin() {
  static const auto setting =
      Setting{"bindings.margin", form::duration(0ms, 1h),
              "How much more is sent again than was missed; longer than the broker's counts are late"}
          .by_default("30s");
  return setting;
}

void find_contradictions(const BrokerSettings& settings, std::vector<std::string>& problems) {
  if (settings.broker.endpoints.empty()) {
    problems.emplace_back("rabbitmq.url names no broker; name at least one");
  }
  if (settings.topology != TopologyUse::none && !settings.manifest) {
    problems.emplace_back("topology.mode needs a topology.manifest; set it, or the mode to none");
  }
  if (settings.management && !settings.manifest) {
    problems.emplace_back(
        "rabbitmq.management_url is of use with a topology.manifest only, which says what should be bound; "
        "set it, or leave the URL out");
  }
  const auto& tls = settings.broker.tls;
  if (tls.certificate.empty() != tls.key.empty()) {
    problems.emplace_back(
        "rabbitmq.tls.certificate and rabbitmq.tls.key are of use together only; set both, or neither");
  }
  const bool has_files = !tls.authority.empty() || !tls.certificate.empty();
  const auto is_secured = [](const amqp::Endpoint& endpoint) { return endpoint.tls; };
  if (has_files && std::ranges::none_of(settings.broker.endpoints, is_secured)) {
    problems.emplace_back("rabbitmq.tls is of use with a rabbitmq.url that begins with amqps:// only");
  }
}

}  // namespace

std::optional<amqp::Manifest> BrokerSettings::read_manifest() const {
  if (!manifest) return std::nullopt;
  return amqp::load_manifest(*manifest).value();
}

std::optional<amqp::TopologySetup> BrokerSettings::setup(const amqp::Topology& described) const {
  if (topology == TopologyUse::none) return std::nullopt;
  return amqp::TopologySetup{
      described, topology == TopologyUse::declare ? amqp::TopologyMode::declare : amqp::TopologyMode::verify};
}

runtime::Section broker_section() {
  return {"RabbitMQ", {rabbitmq_url(), management_url(), tls_authority(), tls_certificate(), tls_key()}};
}

runtime::Section topology_section() {
  return {"Topology", {manifest_path(), topology_mode(), look_every(), margin()}};
}

BrokerSettings broker_settings(const runtime::Configuration& configuration,
                               std::vector<std::string>& problems) {
  BrokerSettings settings;
  settings.broker.endpoints.clear();
  for (const auto& url : configuration[rabbitmq_url()]) {
    settings.broker.endpoints.push_back(amqp::parse_url(url.text).value());
  }
  settings.broker.tls = {.authority = configuration[tls_authority()].value_or(""),
                         .certificate = configuration[tls_certificate()].value_or(""),
                         .key = configuration[tls_key()].value_or("")};
  settings.manifest = configuration[manifest_path()];
  settings.topology = configuration[topology_mode()];
  if (const auto& url = configuration[management_url()]) {
    settings.management.emplace();
    settings.management->url = url->text;
    const auto& [authority, certificate, key] = settings.broker.tls;
    settings.management->tls = {.authority = authority, .certificate = certificate, .key = key};
    if (!settings.broker.endpoints.empty()) {
      settings.management->virtual_host = settings.broker.endpoints.front().virtual_host;
    }
  }
  find_contradictions(settings, problems);
  return settings;
}

void apply_bindings_settings(const runtime::Configuration& configuration, outbox::WatchLimits& limits) {
  limits.look_every = configuration[look_every()];
  limits.look_within = std::min(configuration[look_every()], limits.look_within);
  limits.margin = configuration[margin()];
}

}  // namespace waybill::service
