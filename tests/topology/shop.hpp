#pragma once

#include <string>
#include <vector>

#include "waybill/amqp/manifest.hpp"

namespace waybill::topology_tests {

/// The shop's manifest, and the definitions that were generated from it, as they are in the repository.
amqp::Manifest shop_manifest();
std::string shop_definitions();

/// Sets a topology up as a service does, and says all that is wrong with the broker.
std::vector<std::string> set_up(const std::string& url, const amqp::Topology& topology,
                                amqp::TopologyMode mode = amqp::TopologyMode::declare);

}  // namespace waybill::topology_tests
