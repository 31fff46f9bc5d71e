#pragma once

#include "bare_loops.hpp"

namespace waybill::amqp::bench {

/// The same work by ConfirmingPublisher and QueueSubscriber.
double publish_ours(const Work& work);
double consume_ours(const Work& work);

}  // namespace waybill::amqp::bench
