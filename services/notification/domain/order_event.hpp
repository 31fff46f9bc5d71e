#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "domain/channel.hpp"
#include "waybill/base/uuid.hpp"

namespace shop::notification {

/// What happens to an order that its customer may hear of.
enum class Event : std::uint8_t { placed, confirmed, cancelled };
inline constexpr std::array events{Event::placed, Event::confirmed, Event::cancelled};

/// "placed"
std::string_view to_string(Event event);
/// As requests name it, and their routing keys end: "order.placed".
std::string full_name(Event event);

/// Where the customer wants to hear of the order; what is empty is not used.
struct Contact {
  std::string email{};
  std::string phone{};
  std::string push_token{};

  const std::string& address(Channel channel) const;
};

/// What templates show, by name.
using Values = std::map<std::string, std::string, std::less<>>;

/// Something that has happened to an order.
struct OrderEvent {
  waybill::base::Uuid id;  ///< of the message that tells of it
  Event event = Event::placed;
  waybill::base::Uuid order_id;
  std::string customer_id{};
  Contact contact{};
  Values values{};
};

}  // namespace shop::notification
