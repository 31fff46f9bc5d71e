#pragma once

#include <chrono>
#include <compare>
#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "domain/order.hpp"

namespace shop::analytics {

/// Where an order stands. Every order that is known was placed, whether or not that was told yet.
enum class Status : std::uint8_t { cancelled, confirmed, open };

/// What orders are counted by.
struct Place {
  Status status = Status::open;
  Reason reason = Reason::unspecified;  ///< of cancelled ones

  friend auto operator<=>(const Place&, const Place&) = default;
};

/// What revenue is summed by: a UTC day and a currency.
struct Till {
  std::chrono::sys_days day{};
  std::string currency{};

  friend auto operator<=>(const Till&, const Till&) = default;
};

struct Revenue {
  std::int64_t orders = 0;
  std::int64_t minor_units = 0;

  friend bool operator==(const Revenue&, const Revenue&) = default;
};

/// Numbers of orders and their revenue, or how these change. Sorted, as rows are to be written.
class Counts {
 public:
  /// `before` is nothing for an order that was not known.
  void change(const std::optional<Order>& before, const Order& after);

  /// Without what has come to nothing.
  const std::map<Place, std::int64_t>& orders() const { return orders_; }
  const std::map<Till, Revenue>& revenue() const { return revenue_; }

 private:
  void add(const Order& order, std::int64_t sign);

  std::map<Place, std::int64_t> orders_;
  std::map<Till, Revenue> revenue_;
};

}  // namespace shop::analytics
