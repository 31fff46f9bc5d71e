#include "settings.hpp"

#include <algorithm>
#include <utility>

namespace waybill::relay {
namespace {

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

outbox::RelayOptions outbox_of(const Url& url, const runtime::Configuration& from) {
  outbox::RelayOptions options;
  options.name = url.path.size() > 1 ? url.path.substr(1) : url.user;
  options.database.url = url.text;
  options.database.allow_unsafe_durability = from[unsafe_durability];
  service::apply_bindings_settings(from, options.watch.limits);
  return options;
}

void find_contradictions(const Settings& settings, std::vector<std::string>& problems) {
  if (settings.outboxes.empty()) problems.emplace_back("postgres.url names no database; name at least one");
  for (std::size_t n = 1; n < settings.outboxes.size(); ++n) {
    const auto& name = settings.outboxes[n].name;
    const bool is_twice =
        std::ranges::any_of(settings.outboxes.begin(), settings.outboxes.begin() + static_cast<long>(n),
                            [&](const outbox::RelayOptions& each) { return each.name == name; });
    // Their metrics and log lines could not be told apart.
    if (is_twice) {
      problems.push_back("postgres.url names two databases called '" + name + "'; run a relay for each");
    }
  }
}

}  // namespace

runtime::Schema schema() {
  return {{"PostgreSQL", {postgres_url, unsafe_durability}},
          service::broker_section(),
          service::topology_section(),
          service::process_section()};
}

Settings settings_of(const runtime::Configuration& configuration) {
  Settings settings;
  std::vector<std::string> problems;
  for (const auto& url : configuration[postgres_url]) {
    settings.outboxes.push_back(outbox_of(url, configuration));
  }
  find_contradictions(settings, problems);
  settings.broker = service::broker_settings(configuration, problems);
  settings.process = service::process_settings(configuration, "relay");
  if (!problems.empty()) throw runtime::ConfigurationRefused({.lines = std::move(problems)});
  return settings;
}

}  // namespace waybill::relay
