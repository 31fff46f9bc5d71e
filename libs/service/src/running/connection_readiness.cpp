#include "waybill/service/connection_readiness.hpp"

#include <memory>
#include <variant>

namespace waybill::service {

amqp::StateObserver readiness_by_connection(telemetry::Health& health, std::string_view component) {
  const auto shared = std::make_shared<telemetry::Health::Component>(health.component(component));
  return [shared](const amqp::ConnectionState& state) {
    if (std::holds_alternative<amqp::Disconnected>(state)) {
      shared->not_ready(amqp::to_string(state));
    } else {
      shared->ready();
    }
  };
}

}  // namespace waybill::service
