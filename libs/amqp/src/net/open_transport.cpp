#include "net/open_transport.hpp"

#include <utility>

#include "net/tcp_transport.hpp"
#include "net/tls_transport.hpp"

namespace waybill::amqp {

std::unique_ptr<Transport> open_transport(const Endpoint& endpoint, const TlsFiles& tls, Waiter& waiter,
                                          Attendant& attendant, base::Deadline deadline) {
  auto socket = connect_tcp(endpoint, waiter, attendant, deadline);
  if (endpoint.tls) return connect_tls(std::move(socket), endpoint, tls, waiter, attendant, deadline);
  return std::make_unique<TcpTransport>(std::move(socket));
}

}  // namespace waybill::amqp
