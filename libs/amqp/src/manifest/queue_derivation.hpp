#pragma once

#include <string_view>

#include "waybill/amqp/manifest.hpp"

namespace waybill::amqp {

constexpr std::string_view dead_letter_ending = ".dlq";

/// Adds a queue with all that it has by rule: its arguments, its dead-letter queue, its bindings.
void add_queue(Topology& topology, const ManifestQueue& queue);

}  // namespace waybill::amqp
