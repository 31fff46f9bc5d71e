#pragma once

#include <string_view>

#include "waybill/inbox/handlers.hpp"

namespace shop::analytics {

/// Their queue, which is also the name under which it is remembered what was handled.
inline constexpr std::string_view queue_of_events = "analytics.events";

/// Handles what is told of orders, in whatever order it comes: all of a transaction at once.
waybill::inbox::Handlers order_events();

}  // namespace shop::analytics
