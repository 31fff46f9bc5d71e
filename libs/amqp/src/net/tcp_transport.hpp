#pragma once

#include <utility>

#include "net/transport.hpp"
#include "net/waiter.hpp"
#include "waybill/amqp/endpoint.hpp"
#include "waybill/base/deadline.hpp"
#include "waybill/runtime/file_descriptor.hpp"

namespace waybill::amqp {

/// Plain TCP.
class TcpTransport final : public Transport {
 public:
  explicit TcpTransport(runtime::FileDescriptor socket) : socket_(std::move(socket)) {}

  int descriptor() const override { return socket_.get(); }
  std::size_t read(std::span<std::uint8_t> room) override;
  std::size_t write(std::span<const std::uint8_t> bytes) override;

 private:
  runtime::FileDescriptor socket_;
};

/// Connects to one of the endpoint's addresses, tried in turn. Throws ConnectionFault with what every address
/// answered, and Stopped. The look-up of the name is the system's and cannot be interrupted.
runtime::FileDescriptor connect_tcp(const Endpoint& endpoint, Waiter& waiter, Attendant& attendant,
                                    base::Deadline deadline);

}  // namespace waybill::amqp
