#pragma once

#include <charconv>
#include <string>

#include "connect.hpp"
#include "waybill/postgres/options.hpp"
#include "waybill/runtime/host_port.hpp"
#include "waybill/servers/fault_proxy.hpp"

namespace waybill::postgres::testing {

/// Where the options lead, as a proxy's target.
inline runtime::HostPort server_of(const Options& options) {
  const Endpoint server = endpoint_of(options);
  runtime::HostPort address{server.host, 0};
  std::from_chars(server.port.data(), server.port.data() + server.port.size(), address.port);
  return address;
}

/// The same database, by way of the proxy, on so many connections at most.
inline Options through(const servers::FaultProxy& proxy, Options options,
                       std::size_t connections = Options{}.connections) {
  const std::string direct = server_of(options).to_string();
  options.url.replace(options.url.find(direct), direct.size(), proxy.address().to_string());
  options.connections = connections;
  return options;
}

}  // namespace waybill::postgres::testing
