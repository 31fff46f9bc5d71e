#pragma once

#include "waybill/message/names.hpp"

namespace waybill::amqp {

/// Where every queue is reached alone: a promoted retry, a replay.
message::Exchange retry_exchange();
message::Address retry_address(const message::Queue& queue);

/// Where every queue's dead letters go, and the queue in which they stay until somebody looks after them.
message::Exchange dead_letter_exchange();
message::Address dead_letter_address(const message::Queue& queue);
message::Queue dead_letter_queue(const message::Queue& queue);

}  // namespace waybill::amqp
