#include "domain/counts.hpp"

namespace shop::analytics {
namespace {

Place place_of(const Order& order) {
  if (!order.ending) return {.status = Status::open};
  if (order.ending->outcome == Outcome::confirmed) return {.status = Status::confirmed};
  return {.status = Status::cancelled, .reason = order.ending->reason};
}

}  // namespace

void Counts::change(const std::optional<Order>& before, const Order& after) {
  if (before) add(*before, -1);
  add(after, 1);
  std::erase_if(orders_, [](const auto& one) { return one.second == 0; });
  std::erase_if(revenue_, [](const auto& one) { return one.second == Revenue{}; });
}

void Counts::add(const Order& order, std::int64_t sign) {
  orders_[place_of(order)] += sign;
  if (!order.ending || order.ending->outcome != Outcome::confirmed) return;
  auto& revenue = revenue_[{std::chrono::floor<std::chrono::days>(order.ending->at), order.ending->currency}];
  revenue.orders += sign;
  revenue.minor_units += sign * order.ending->minor_units;
}

}  // namespace shop::analytics
