#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "waybill/base/clock.hpp"
#include "waybill/base/uuid.hpp"

namespace shop::order {

/// So many of one kind of goods. What they cost is the inventory's to say.
struct Line {
  std::string sku{};
  std::int64_t quantity = 0;
  friend bool operator==(const Line&, const Line&) = default;
};

/// Where the customer wants to hear of the order; what is empty is not used.
struct Contact {
  std::string email{};
  std::string phone{};
  std::string push_token{};
};

/// An order as a client wants it.
struct NewOrder {
  std::string customer_id{};
  Contact contact{};
  std::vector<Line> lines{};
  std::string payment_token{};
};

/// In the client's words: what is being undone is not over yet.
enum class Status : std::uint8_t { placed, cancelling, confirmed, cancelled };

inline bool has_ended(Status status) { return status == Status::confirmed || status == Status::cancelled; }

/// Why an order comes to nothing.
enum class Reason : std::uint8_t {
  out_of_stock,
  unknown_sku,
  mixed_currencies,
  payment_declined,
  customer_request,
  timed_out,
  by_operator,
};

std::string_view to_string(Status status);
std::string_view to_string(Reason reason);

struct Money {
  std::int64_t minor_units = 0;
  std::string currency{};
  friend bool operator==(const Money&, const Money&) = default;
};

/// A line with its price, once it is known.
struct PricedLine {
  std::string sku{};
  std::int64_t quantity = 0;
  std::optional<Money> unit_price{};
};

/// An order as it is kept.
struct Order {
  waybill::base::Uuid id;
  waybill::base::Uuid saga;
  std::string client{};  ///< who placed it, and alone may see it
  std::string customer_id{};
  Contact contact{};
  std::vector<PricedLine> lines{};
  Status status = Status::placed;
  std::optional<Reason> reason{};
  std::optional<Money> total{};
  waybill::base::WallTime placed_at{};
  std::optional<waybill::base::WallTime> ended_at{};
  std::int64_t revision = 1;
};

}  // namespace shop::order
