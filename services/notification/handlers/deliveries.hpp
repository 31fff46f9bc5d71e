#pragma once

#include <memory>

#include "channels/sink.hpp"
#include "waybill/inbox/handlers.hpp"

namespace shop::notification {

/// Finds the words for each request of a channel, delivers them, and writes down that they were. What cannot
/// be delivered for its own sake is a dead letter; while the sink is away, all wait.
waybill::inbox::Handlers deliveries(Channel channel, std::shared_ptr<Sink> sink);

}  // namespace shop::notification
