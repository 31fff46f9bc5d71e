#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace shop::inventory {

struct Money {
  std::int64_t minor_units = 0;
  std::string currency{};
  friend bool operator==(const Money&, const Money&) = default;
};

/// A kind of goods: what it costs, and how many there are where.
struct Product {
  std::string sku{};
  std::string name{};
  Money price{};
  std::int64_t available = 0;  ///< free to be reserved
  std::int64_t reserved = 0;   ///< in the house, set aside for orders
  std::int64_t sold = 0;       ///< gone
  std::int64_t revision = 0;   ///< counts its changes, of the stock too

  std::int64_t on_hand() const { return available + reserved; }
};

/// A letter or digit, then up to 63 of these and of '.', '_' and '-'.
bool is_sku(std::string_view text);
/// Three capital letters.
bool is_currency(std::string_view text);

/// Whether the price may be changed to this one. What is reserved or sold has been priced in a currency, and
/// stays in it: orders and figures of one product would not add up otherwise.
bool may_cost(const Product& product, const Money& price);

}  // namespace shop::inventory
