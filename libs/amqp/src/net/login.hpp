#pragma once

#include "fault.hpp"
#include "net/link.hpp"
#include "waybill/amqp/options.hpp"

namespace waybill::amqp {

/// Logs in and opens the virtual host. Throws ConnectionFault that tells a refused login, a missing or
/// forbidden virtual host and a server that is no RabbitMQ apart; no text holds the password.
void log_in(Link& link, const Endpoint& endpoint, const Options& options, base::Deadline deadline);

/// What the broker means when it closes the connection in the course of a login.
Fault refused_login(const Endpoint& endpoint, std::uint16_t code, const std::string& text);

}  // namespace waybill::amqp
