#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "domain/order_event.hpp"
#include "domain/preferences.hpp"

namespace shop::notification {

/// How far a notification has come. An undeliverable one has an address that nothing can be sent to: it is
/// kept so that somebody can see why the customer heard nothing.
enum class Status : std::uint8_t { requested, delivered, undeliverable };
std::string_view to_string(Status status);

/// What is to be done about one event over one channel.
struct Decision {
  waybill::base::Uuid id;  ///< of the notification
  Channel channel = Channel::email;
  std::string recipient{};
  Status status = Status::requested;
};

/// Over which channels the customer hears of an event: over each that there is an address for and that they
/// want.
std::vector<Decision> decide(const OrderEvent& event, const Preferences& preferences);

/// The same for the same event and channel, and greater for events that came later.
waybill::base::Uuid notification_id(const waybill::base::Uuid& event_id, Channel channel);

}  // namespace shop::notification
