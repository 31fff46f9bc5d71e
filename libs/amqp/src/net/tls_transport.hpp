#pragma once

#include <memory>

#include "net/transport.hpp"
#include "net/waiter.hpp"
#include "waybill/amqp/endpoint.hpp"
#include "waybill/amqp/tls_files.hpp"
#include "waybill/base/deadline.hpp"
#include "waybill/runtime/file_descriptor.hpp"

namespace waybill::amqp {

/// Makes a connected socket a TLS session with the endpoint, whose certificate and name are verified. Throws
/// ConnectionFault with what is wrong and what to do, and Stopped.
std::unique_ptr<Transport> connect_tls(runtime::FileDescriptor socket, const Endpoint& endpoint,
                                       const TlsFiles& files, Waiter& waiter, Attendant& attendant,
                                       base::Deadline deadline);

}  // namespace waybill::amqp
