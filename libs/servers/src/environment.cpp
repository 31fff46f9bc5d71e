#include "environment.hpp"

#include <cstdlib>
#include <stdexcept>

#include "waybill/servers/broker_address.hpp"

namespace waybill::servers {

std::string from_environment(const char* variable) {
  const char* value = std::getenv(variable);
  if (value != nullptr && *value != '\0') return value;
  throw std::runtime_error(
      std::string(variable) +
      " is not set: run the tests by `scripts/test`, or start servers by `scripts/stack up` and "
      "tell this shell by `eval \"$(scripts/stack env)\"`");
}

BrokerAddress shared_broker() {
  return {from_environment("WAYBILL_RABBITMQ_URL"), from_environment("WAYBILL_RABBITMQ_MANAGEMENT_URL")};
}

}  // namespace waybill::servers
