#pragma once

#include <vector>

#include "waybill/outbox/binding_watch.hpp"

namespace waybill::amqp {
class Manifest;
}

namespace waybill::service {

/// All that a manifest says should be bound, for a relay's watch. By bindings to `retry` and `dlx` no event
/// goes.
std::vector<outbox::WantedBinding> wanted_bindings(const amqp::Manifest& manifest);

}  // namespace waybill::service
