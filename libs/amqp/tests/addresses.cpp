#include "addresses.hpp"

#include <cstdlib>
#include <stdexcept>

#include "waybill/base/uuid_v7.hpp"

namespace waybill::amqp::tests {

Endpoint broker() {
  const char* url = std::getenv("WAYBILL_RABBITMQ_URL");
  if (url == nullptr) {
    throw std::runtime_error(
        "WAYBILL_RABBITMQ_URL is not set: start servers with `scripts/stack up`, then `eval "
        "\"$(scripts/stack env)\"`");
  }
  return parse_url(url).value();
}

Options options_for(const Endpoint& endpoint) {
  Options options;
  options.endpoints = {endpoint};
  options.connection_name = "amqp-tests";
  options.backoff = {std::chrono::milliseconds{20}, std::chrono::milliseconds{200}, 2.0};
  return options;
}

runtime::HostPort place_of(const Endpoint& endpoint) { return {endpoint.host, endpoint.port}; }

Endpoint by_way_of(const servers::FaultProxy& proxy, const Endpoint& behind) {
  auto endpoint = behind;
  endpoint.host = proxy.address().host;
  endpoint.port = proxy.port();
  return endpoint;
}

std::string unique_name(const std::string& prefix) { return prefix + "." + base::new_uuid_v7().to_string(); }

}  // namespace waybill::amqp::tests
