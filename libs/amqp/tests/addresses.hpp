#pragma once

#include <string>

#include "waybill/amqp/options.hpp"
#include "waybill/runtime/host_port.hpp"
#include "waybill/servers/fault_proxy.hpp"

namespace waybill::amqp::tests {

/// The broker of this test run, from WAYBILL_RABBITMQ_URL; throws with what to do when that is not set.
Endpoint broker();
Options options_for(const Endpoint& endpoint);

/// What a FaultProxy to an endpoint passes connections on to, and the endpoint by its way.
runtime::HostPort place_of(const Endpoint& endpoint);
Endpoint by_way_of(const servers::FaultProxy& proxy, const Endpoint& behind = broker());

/// A name that no other test, process or earlier run uses.
std::string unique_name(const std::string& prefix);

}  // namespace waybill::amqp::tests
