#include "shop_databases.hpp"

#include <cstdlib>
#include <fstream>
#include <sstream>
#include <stdexcept>

#include "waybill/amqp/manifest.hpp"
#include "waybill/amqp/topology.hpp"

namespace waybill::bench {

using namespace std::chrono_literals;

ShopDatabases::ShopDatabases() {
  // The driver removes them after the last run; see docs/benchmarks.md.
  if (std::getenv("WAYBILL_BENCH_KEEPS_FILES") != nullptr) directory_.keep();
  const auto manifest = amqp::load_manifest(SHOP_TOPOLOGY).value();
  amqp::set_up_topology(amqp::Options::for_urls({broker_.url()}),
                        {manifest.topology(), amqp::TopologyMode::declare}, base::Deadline::after(30s));
  for (const std::string service : shop_services) {
    databases_[service];
    if (start(service, {"migrate"}).wait() != 0) {
      throw std::runtime_error("shop-" + service + " migrate failed: " + log_of(service));
    }
  }
  of("inventory")
      .sql(
          "INSERT INTO product (sku, name, price_minor_units, currency, available, received) "
          "SELECT 'sku-' || n, 'Goods ' || n, 1999, 'EUR', 1000000000, 1000000000 "
          "FROM generate_series(0, " +
          std::to_string(shop_skus - 1) + ") AS n");
}

void ShopDatabases::analyze() const {
  for (const auto& [service, database] : databases_) {
    database.sql(
        "DO $$ DECLARE name regclass; BEGIN "
        "FOR name IN SELECT relid FROM pg_stat_user_tables WHERE relname <> 'outbox' LOOP "
        "EXECUTE 'ANALYZE ' || name; END LOOP; END $$");
  }
}

std::map<pid_t, std::string> ShopDatabases::sessions() const {
  std::map<std::string, std::string> services;
  for (const auto& [service, database] : databases_) services[database.name()] = service;
  std::map<pid_t, std::string> sessions;
  std::istringstream lines(
      of("order").sql("SELECT pid, datname, application_name LIKE 'waybill relay%' FROM pg_stat_activity "
                      "WHERE datname IS NOT NULL"));
  for (std::string line; std::getline(lines, line);) {
    std::istringstream columns(line);
    std::string process;
    std::string name;
    std::string is_relay;
    std::getline(columns, process, '|');
    std::getline(columns, name, '|');
    std::getline(columns, is_relay);
    if (!services.contains(name)) continue;
    sessions[std::stoi(process)] = services[name] + (is_relay == "t" ? "'s relay" : "");
  }
  return sessions;
}

servers::Program ShopDatabases::start(const std::string& service, const std::vector<std::string>& words,
                                      std::map<std::string, std::string> more) const {
  more.merge(std::map<std::string, std::string>{{"WAYBILL_POSTGRES_URL", of(service).url()},
                                                {"WAYBILL_RABBITMQ_URL", broker_.url()},
                                                {"WAYBILL_TOPOLOGY_MANIFEST", SHOP_TOPOLOGY},
                                                {"WAYBILL_TOPOLOGY_MODE", "verify"},
                                                {"WAYBILL_LOG_FORMAT", "json"}});
  std::vector<std::string> arguments{"-c", R"(exec "$0" "$@" >> )" + log_file(service) + " 2>&1",
                                     std::string(SHOP_PROGRAMS) + "/shop-" + service};
  arguments.insert(arguments.end(), words.begin(), words.end());
  return {"/bin/sh", arguments, more};
}

std::string ShopDatabases::log_file(const std::string& service) const {
  return (directory_.path() / (service + ".log")).string();
}

std::string ShopDatabases::log_of(const std::string& service) const {
  std::ostringstream text;
  text << std::ifstream(log_file(service)).rdbuf();
  auto whole = text.str();
  constexpr std::size_t most = 4'000;
  return whole.size() > most ? whole.substr(whole.size() - most) : whole;
}

}  // namespace waybill::bench
