#include "domain/values.hpp"

#include <utility>

namespace shop::notification {
namespace {

std::string count_of_lines(std::size_t lines) {
  return std::to_string(lines) + (lines == 1 ? " item" : " items");
}

}  // namespace

std::string_view in_words(Reason reason) {
  switch (reason) {
    case Reason::out_of_stock:
      return "there is not enough of an item in stock";
    case Reason::payment_declined:
      return "the payment was declined";
    case Reason::customer_request:
      return "you asked for it";
    case Reason::timed_out:
      return "it could not be completed in time";
    case Reason::unknown_sku:
      return "an item is not sold any more";
    case Reason::mixed_currencies:
      return "its items are sold in different currencies";
    case Reason::by_operator:
      return "our staff had to cancel it";
    case Reason::unknown:
      break;
  }
  return "it could not be carried out";
}

Values placed_values(std::string_view order_id, std::size_t lines) {
  return {{"order_id", std::string(order_id)}, {"lines", count_of_lines(lines)}};
}

Values confirmed_values(std::string_view order_id, std::size_t lines, std::string total) {
  auto values = placed_values(order_id, lines);
  values.emplace("total", std::move(total));
  return values;
}

Values cancelled_values(std::string_view order_id, Reason reason) {
  return {{"order_id", std::string(order_id)}, {"reason", std::string(in_words(reason))}};
}

}  // namespace shop::notification
