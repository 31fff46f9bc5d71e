#pragma once

#include <memory>

#include "net/transport.hpp"
#include "net/waiter.hpp"
#include "waybill/amqp/endpoint.hpp"
#include "waybill/amqp/tls_files.hpp"
#include "waybill/base/deadline.hpp"

namespace waybill::amqp {

/// Connects to the endpoint, with TLS if it says so. Throws ConnectionFault with what is wrong and what to
/// do, and Stopped. The look-up of the name is the system's and cannot be interrupted.
std::unique_ptr<Transport> open_transport(const Endpoint& endpoint, const TlsFiles& tls, Waiter& waiter,
                                          Attendant& attendant, base::Deadline deadline);

}  // namespace waybill::amqp
