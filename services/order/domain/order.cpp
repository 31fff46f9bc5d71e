#include "domain/order.hpp"

namespace shop::order {

std::string_view to_string(Status status) {
  switch (status) {
    case Status::placed:
      return "placed";
    case Status::cancelling:
      return "cancelling";
    case Status::confirmed:
      return "confirmed";
    case Status::cancelled:
      return "cancelled";
  }
  return "unknown";
}

std::string_view to_string(Reason reason) {
  switch (reason) {
    case Reason::out_of_stock:
      return "out_of_stock";
    case Reason::unknown_sku:
      return "unknown_sku";
    case Reason::mixed_currencies:
      return "mixed_currencies";
    case Reason::payment_declined:
      return "payment_declined";
    case Reason::customer_request:
      return "customer_request";
    case Reason::timed_out:
      return "timed_out";
    case Reason::by_operator:
      return "by_operator";
  }
  return "unknown";
}

}  // namespace shop::order
