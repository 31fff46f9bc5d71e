#include "shop_services.hpp"

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <stdexcept>
#include <utility>

#include "kept_connection.hpp"
#include "waybill/servers/listening_port.hpp"
#include "waybill/testkit/eventually.hpp"

namespace waybill::bench {
namespace {

using namespace std::chrono_literals;

bool is_ready(std::uint16_t admin_port) {
  try {
    KeptConnection connection(admin_port);
    connection.send("GET /readyz HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n");
    std::optional<HttpAnswer> answer;
    while (!answer) answer = connection.receive();
    return answer->status == 200;
  } catch (const std::runtime_error&) {
    return false;
  }
}

}  // namespace

ShopServices::ShopServices(const ShopDatabases& databases) : databases_(databases) {
  const auto keys = databases.directory().write(
      "keys.json",
      R"({"keys": [{"id": "bench", "sha256": ")" + client_.sha256 +
          R"(", "scopes": ["orders:read", "orders:write"], "rate": {"requests": 100000, "per": "1s"}}]})");
  for (const std::string name : shop_services) {
    const auto http_port = servers::free_port();
    const auto admin_port = servers::free_port();
    std::map<std::string, std::string> settings{
        {"WAYBILL_HTTP_ADDRESS", "127.0.0.1:" + std::to_string(http_port)},
        {"WAYBILL_HTTP_KEYS", keys},
        {"WAYBILL_ADMIN_ADDRESS", "127.0.0.1:" + std::to_string(admin_port)}};
    if (name == "notification") {
      settings["WAYBILL_NOTIFICATION_SINK_DIRECTORY"] = (databases.directory().path() / "mail").string();
    }
    services_.push_back({name, http_port, admin_port, databases.start(name, {}, std::move(settings))});
  }
  for (auto& service : services_) wait_until_ready(service);
}

ShopServices::~ShopServices() {
  for (auto& service : services_) service.program.send(SIGTERM);
  for (auto& service : services_) {
    const auto status = service.program.wait();
    if (status == 0) continue;
    std::fprintf(stderr, "shop-%s ended with %d: %s\n", service.name.c_str(), status.value_or(-1),
                 databases_.log_of(service.name).c_str());
  }
}

std::uint16_t ShopServices::port(const std::string& service) const {
  return std::ranges::find(services_, service, &Service::name)->http_port;
}

void ShopServices::watch(CpuBooks& books) const {
  for (const auto& service : services_) books.watch(service.name, service.http_port);
}

void ShopServices::wait_until_ready(Service& service) const {
  const auto is_over = [&] { return is_ready(service.admin_port) || service.program.ended(); };
  if (!testkit::eventually(is_over, 30s) || service.program.ended()) {
    throw std::runtime_error("shop-" + service.name +
                             " did not get ready: " + databases_.log_of(service.name));
  }
}

}  // namespace waybill::bench
