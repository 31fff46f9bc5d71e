#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "domain/order.hpp"
#include "waybill/saga/cause.hpp"
#include "waybill/saga/definition.hpp"

namespace shop::order {

/// What the saga of an order remembers.
struct PlaceOrder {
  struct Bought {
    std::string sku{};
    std::int64_t quantity = 0;
    std::int64_t unit_price_minor = 0;  ///< in the order's currency, once the inventory has said
  };
  std::string id{};
  std::string customer{};
  std::string email{};
  std::string phone{};
  std::string push_token{};
  std::string payment_token{};
  std::vector<Bought> lines{};
  std::string reservation{};
  std::int64_t total_minor = 0;
  std::string currency{};  ///< empty until there is a total
  std::string payment{};
  std::string refused_for{};  ///< the reason, where the inventory has refused
};
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(PlaceOrder::Bought, sku, quantity, unit_price_minor)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(PlaceOrder, id, customer, email, phone, push_token,
                                                payment_token, lines, reservation, total_minor, currency,
                                                payment, refused_for)

/// How long the steps may take, each.
struct StepLimits {
  std::chrono::milliseconds reserve{std::chrono::seconds{30}};
  std::chrono::milliseconds pay{std::chrono::seconds{60}};
  std::chrono::milliseconds confirm_resent{std::chrono::seconds{10}};
};

inline constexpr std::string_view saga_name = "place-order";

/// Stock is set aside, then paid for; behind that, the sale is final.
waybill::saga::Definition<PlaceOrder> place_order(const StepLimits& limits = {});

PlaceOrder saga_of(const waybill::base::Uuid& id, const NewOrder& order);

/// Why an order that is being undone comes to nothing.
Reason reason_of(const PlaceOrder& order, const waybill::saga::Cause& cause);

}  // namespace shop::order
