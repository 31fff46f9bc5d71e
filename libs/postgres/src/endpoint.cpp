#include "endpoint.hpp"

namespace waybill::postgres {

std::string Endpoint::to_string() const {
  return (host.empty() ? "(no host)" : host) + ":" + port + ", database \"" + database + "\", user \"" +
         user + "\"";
}

}  // namespace waybill::postgres
