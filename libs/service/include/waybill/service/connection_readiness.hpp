#pragma once

#include <string_view>

#include "waybill/amqp/connection_state.hpp"
#include "waybill/telemetry/health.hpp"

namespace waybill::service {

/// Makes a component that is ready while a connection to the broker works. One whose broker takes nothing for
/// the moment is: what is to be sent waits in the outbox.
amqp::StateObserver readiness_by_connection(telemetry::Health& health, std::string_view component);

}  // namespace waybill::service
