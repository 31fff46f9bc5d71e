#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "waybill/amqp/topology.hpp"

namespace waybill::amqp {

/// The arguments of a queue's declaration.
message::Headers queue_arguments(const QueueSpec& queue);

/// What the broker's refusal of a declaration means for `thing` ("queue 'q'"): what differs, and what to do.
std::string topology_problem(std::string_view thing, std::uint16_t code, std::string_view text);

std::string joined(const std::vector<std::string>& problems);

/// Throws std::invalid_argument for names and arguments that no broker takes.
void check(const Topology& topology);

}  // namespace waybill::amqp
