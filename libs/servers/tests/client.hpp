#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "waybill/amqp/confirming_publisher.hpp"

namespace waybill::servers {

inline std::unique_ptr<amqp::ConfirmingPublisher> connect(const std::string& url) {
  amqp::PublisherOptions options;
  options.connection = amqp::Options::for_urls({url});
  options.connection.backoff = {std::chrono::milliseconds{20}, std::chrono::milliseconds{200}, 2.0};
  return std::make_unique<amqp::ConfirmingPublisher>(std::move(options));
}

inline message::WireMessage hello(const std::string& body = "hello") {
  message::WireMessage message;
  message.body = body;
  return message;
}

/// Publishes to a queue by the default exchange.
inline message::Outcome send(message::Publisher& publisher, const std::string& queue,
                             std::chrono::milliseconds patience = std::chrono::seconds{30}) {
  return message::publish_and_wait(publisher, {{message::Exchange{}, message::RoutingKey{queue}}, hello()},
                                   base::Deadline::after(patience));
}

}  // namespace waybill::servers
