#pragma once

#include <string>

#include "waybill/amqp/topology.hpp"

namespace waybill::amqp {

/// The topology as RabbitMQ's definitions: JSON that `rabbitmqctl import_definitions` and the management API
/// take, in the topology's order. The virtual host is created when it is missing. There are no users in it,
/// and so no passwords, no permissions and no policies.
std::string rabbitmq_definitions(const Topology& topology, const std::string& virtual_host = "/");

}  // namespace waybill::amqp
