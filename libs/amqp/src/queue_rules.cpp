#include "waybill/amqp/queue_rules.hpp"

#include "manifest/queue_derivation.hpp"

namespace waybill::amqp {

message::Exchange retry_exchange() { return message::Exchange{"retry"}; }
message::Exchange dead_letter_exchange() { return message::Exchange{"dlx"}; }

message::Address retry_address(const message::Queue& queue) {
  return {retry_exchange(), message::RoutingKey{queue.value()}};
}

message::Address dead_letter_address(const message::Queue& queue) {
  return {dead_letter_exchange(), message::RoutingKey{dead_letter_queue(queue).value()}};
}

message::Queue dead_letter_queue(const message::Queue& queue) {
  return message::Queue{queue.value() + std::string(dead_letter_ending)};
}

}  // namespace waybill::amqp
