#pragma once

#include <cstddef>
#include <string>

#include "waybill/amqp/endpoint.hpp"

namespace waybill::amqp::bench {

struct Work {
  Endpoint broker;
  std::string queue;
  std::size_t messages = 0;
  std::size_t window = 1'000;  // of the publisher; the consumer's prefetch
  std::size_t body_bytes = 400;
};

/// The floor: rabbitmq-c in the shortest loop that does the work. Each says how many seconds it took.
double publish_bare(const Work& work);
double consume_bare(const Work& work);

/// A durable quorum queue, empty.
void make_queue(const Work& work);
void delete_queue(const Work& work);

}  // namespace waybill::amqp::bench
