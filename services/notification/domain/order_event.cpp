#include "domain/order_event.hpp"

namespace shop::notification {

std::string_view to_string(Event event) {
  switch (event) {
    case Event::placed:
      return "placed";
    case Event::confirmed:
      return "confirmed";
    case Event::cancelled:
      return "cancelled";
  }
  return "";
}

std::string full_name(Event event) { return "order." + std::string(to_string(event)); }

const std::string& Contact::address(Channel channel) const {
  switch (channel) {
    case Channel::sms:
      return phone;
    case Channel::push:
      return push_token;
    case Channel::email:
      break;
  }
  return email;
}

}  // namespace shop::notification
