#pragma once

#include <boost/system/result.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "domain/channel.hpp"
#include "domain/order_event.hpp"

namespace shop::notification {

/// What a customer is told over one channel of one event, with {names} of values in it.
struct Template {
  std::string_view subject{};  ///< empty where the channel has none
  std::string_view text{};
};

const Template& template_of(Channel channel, Event event);

/// The event of "order.placed"; nothing for a name that there are no templates for.
std::optional<Event> event_of(std::string_view full_name);

/// The words for one customer.
struct Words {
  std::string subject{};
  std::string text{};
  friend bool operator==(const Words&, const Words&) = default;
};

/// Why there are none.
struct Unfillable {
  std::string why{};
};

/// Puts the values into the places that name them. A value is one line: each control character in it, line
/// breaks among them, becomes a space, so that nothing of it can end a header's line; and braces in it name
/// nothing. A name without a value, and a brace without its partner, is refused.
boost::system::result<Words, Unfillable> fill(const Template& words, const Values& values);

}  // namespace shop::notification
