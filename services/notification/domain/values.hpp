#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "domain/order_event.hpp"

namespace shop::notification {

/// Why an order came to nothing.
enum class Reason : std::uint8_t {
  unknown,
  out_of_stock,
  payment_declined,
  customer_request,
  timed_out,
  unknown_sku,
  mixed_currencies,
  by_operator,
};
inline constexpr Reason last_reason = Reason::by_operator;

/// What goes on after "because": "you asked for it".
std::string_view in_words(Reason reason);

/// What the templates of each event may show, and nothing else.
Values placed_values(std::string_view order_id, std::size_t lines);
Values confirmed_values(std::string_view order_id, std::size_t lines, std::string total);
Values cancelled_values(std::string_view order_id, Reason reason);

}  // namespace shop::notification
