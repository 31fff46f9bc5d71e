#include "service_settings.hpp"

#include <memory>
#include <stdexcept>
#include <utility>
#include <vector>

#include "waybill/http/api_keys.hpp"
#include "waybill/runtime/problems.hpp"
#include "waybill/runtime/setting.hpp"

namespace waybill::service {
namespace {

using namespace std::chrono_literals;
using runtime::Setting;
using runtime::Url;
namespace form = runtime::form;

const Setting<Url>& postgres_url() {
  static const Setting<Url> setting{"postgres.url", form::url({"postgresql", "postgres"}, form::Hosts::many),
                                    "The service's database"};
  return setting;
}
const Setting<std::optional<Url>>& migrate_url() {
  static const auto setting =
      Setting{"postgres.migrate_url", form::url({"postgresql", "postgres"}, form::Hosts::many),
              "The same as the user who owns its tables, for 'migrate'; without it, postgres.url"}
          .optional();
  return setting;
}
const Setting<std::size_t>& connections() {
  static const auto setting = Setting{"postgres.connections", form::integer<std::size_t>(4, 1'000),
                                      "How many connections to it are open at a time, the relay's own aside"}
                                  .by_default("12");
  return setting;
}
const Setting<bool>& unsafe_durability() {
  static const auto setting = Setting{"postgres.allow_unsafe_durability", form::flag(),
                                      "Take a database that forgets commits when it crashes, for tests"}
                                  .by_default("false");
  return setting;
}
const Setting<runtime::HostPort>& http_address() {
  static const auto setting =
      Setting{"http.address", form::host_port(), "Where clients are answered"}.by_default("127.0.0.1:8080");
  return setting;
}
const Setting<std::optional<std::string>>& http_keys() {
  static const auto setting =
      Setting{"http.keys", form::text(),
              "The file of the clients' keys; without it, routes that need a key refuse everyone"}
          .optional();
  return setting;
}
const Setting<bool>& development_keys() {
  static const auto setting =
      Setting{"http.allow_development_keys", form::flag(),
              "Take keys that are marked as known to everybody: on one's own machine only"}
          .by_default("false");
  return setting;
}
const Setting<std::optional<std::string>>& http_certificate() {
  static const auto setting =
      Setting{"http.tls.certificate", form::text(), "The PEM file of the certificate, its chain included"}
          .optional();
  return setting;
}
const Setting<std::optional<std::string>>& http_key() {
  static const auto setting =
      Setting{"http.tls.key", form::text(), "The PEM file of that certificate's key"}.optional();
  return setting;
}
const Setting<std::chrono::milliseconds>& request_within() {
  static const auto setting = Setting{"http.request_within", form::duration(100ms, 1h),
                                      "How long a request may take, from its first byte to its answer"}
                                  .by_default("10s");
  return setting;
}
const Setting<std::size_t>& http_connections() {
  static const auto setting = Setting{"http.connections", form::integer<std::size_t>(1, 100'000),
                                      "How many clients are connected at most"}
                                  .by_default("1024");
  return setting;
}
const Setting<std::int64_t>& outbox_limit() {
  static const auto setting =
      Setting{"http.outbox_limit", form::integer<std::int64_t>(1, 1'000'000'000),
              "With so many messages unsent, requests that would add to them are told to come later"}
          .by_default("100000");
  return setting;
}
const Setting<http::AccessLog>& access_log() {
  static const auto setting = Setting{"http.access_log",
                                      form::one_of<http::AccessLog>({{"none", http::AccessLog::none},
                                                                     {"faults", http::AccessLog::faults},
                                                                     {"all", http::AccessLog::all}}),
                                      "Which requests get a line in the log"}
                                  .by_default("all");
  return setting;
}

postgres::Options database_options(const Url& url, const runtime::Configuration& from,
                                   const std::string& name) {
  postgres::Options options;
  options.url = url.text;
  options.application_name = name;
  options.connections = from[connections()];
  options.allow_unsafe_durability = from[unsafe_durability()];
  return options;
}

http::ServerOptions http_options(const runtime::Configuration& from, std::vector<std::string>& problems) {
  http::ServerOptions options;
  options.address = from[http_address()].host;
  options.port = from[http_address()].port;
  options.limits.request_within = from[request_within()];
  options.limits.connections = from[http_connections()];
  options.access_log = from[access_log()];
  if (from[http_certificate()].has_value() != from[http_key()].has_value()) {
    problems.emplace_back(
        "http.tls.certificate and http.tls.key are of use together only; set both, or neither");
  } else if (from[http_key()]) {
    options.tls = {*from[http_certificate()], *from[http_key()]};
  }
  try {
    http::check(options);
  } catch (const std::invalid_argument& refusal) {
    problems.emplace_back(refusal.what());
  }
  if (const auto& path = from[http_keys()]) {
    using Development = http::ApiKeys::Development;
    auto keys =
        http::ApiKeys::load(*path, from[development_keys()] ? Development::allowed : Development::refused);
    if (keys) {
      options.keys = std::make_shared<const http::ApiKeys>(*std::move(keys));
    } else {
      for (const auto& line : keys.error().lines) problems.push_back(line);
    }
  }
  return options;
}

}  // namespace

runtime::Schema service_schema(const Description& description) {
  runtime::Schema schema{{"PostgreSQL", {postgres_url(), migrate_url(), connections(), unsafe_durability()}},
                         broker_section(),
                         topology_section(),
                         {"HTTP",
                          {http_address(), http_keys(), development_keys(), http_certificate(), http_key(),
                           request_within(), http_connections(), outbox_limit(), access_log()}},
                         process_section()};
  for (const auto& section : description.settings) schema.add(section);
  return schema;
}

postgres::Options migration_options(const runtime::Configuration& configuration,
                                    const Description& description) {
  const auto& url = configuration[postgres_url()];
  return database_options(configuration[migrate_url()].value_or(url), configuration,
                          description.name + " migrate");
}

ServiceSettings service_settings(const runtime::Configuration& configuration,
                                 const Description& description) {
  ServiceSettings settings;
  std::vector<std::string> problems;
  settings.database = database_options(configuration[postgres_url()], configuration, description.name);
  settings.broker = broker_settings(configuration, problems);
  settings.http = http_options(configuration, problems);
  settings.outbox_limit = configuration[outbox_limit()];
  settings.process = process_settings(configuration, description.name);
  apply_bindings_settings(configuration, settings.watch);
  if (settings.http.address == settings.process.admin_address &&
      settings.http.port == settings.process.admin_port) {
    problems.emplace_back("http.address and admin.address are the same; give each a port of its own");
  }
  if (!problems.empty()) throw runtime::ConfigurationRefused({.lines = std::move(problems)});
  return settings;
}

}  // namespace waybill::service
