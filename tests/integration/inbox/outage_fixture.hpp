#pragma once

#include <string>

#include "inbox_fixture.hpp"
#include "waybill/runtime/host_port.hpp"
#include "waybill/runtime/url.hpp"
#include "waybill/servers/fault_proxy.hpp"

namespace waybill::inbox::testing {

/// The same, and a pool that reaches the database through a proxy.
class Outage : public InboxFixture {
 protected:
  static runtime::HostPort address_of(const std::string& url) {
    const auto host = runtime::Url::parse(url).value().host();
    return {host.name, host.port.value()};
  }
  std::string through_proxy() const {
    auto url = database_.url();
    const auto port = std::to_string(address_of(url).port);
    return url.replace(url.find(port), port.size(), std::to_string(proxy_.port()));
  }

  servers::FaultProxy proxy_{address_of(database_.url())};
  postgres::Pool proxied_{database_options(through_proxy(), 1)};
};

}  // namespace waybill::inbox::testing
