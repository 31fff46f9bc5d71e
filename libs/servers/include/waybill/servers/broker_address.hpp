#pragma once

#include <string>

namespace waybill::servers {

/// Where a broker is: for AMQP clients, and for those who ask its management API.
struct BrokerAddress {
  std::string url;             ///< amqp://user:password@host:port/
  std::string management_url;  ///< http://user:password@host:port
};

/// The broker that this test run shares, from WAYBILL_RABBITMQ_URL and WAYBILL_RABBITMQ_MANAGEMENT_URL.
/// Throws std::runtime_error that says how to start one when they are not set.
BrokerAddress shared_broker();

}  // namespace waybill::servers
