#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "waybill/base/clock.hpp"

namespace shop::analytics {

using waybill::base::WallTime;

/// Why an order came to nothing.
enum class Reason : std::uint8_t {
  unspecified,  ///< none was given, or one that this program does not know yet
  out_of_stock,
  payment_declined,
  customer_request,
  timed_out,
  unknown_sku,
  mixed_currencies,
  by_operator,
};

/// The same in words, for the database and for clients.
inline constexpr std::array reason_words{
    std::pair{Reason::unspecified, "unspecified"},
    std::pair{Reason::out_of_stock, "out_of_stock"},
    std::pair{Reason::payment_declined, "payment_declined"},
    std::pair{Reason::customer_request, "customer_request"},
    std::pair{Reason::timed_out, "timed_out"},
    std::pair{Reason::unknown_sku, "unknown_sku"},
    std::pair{Reason::mixed_currencies, "mixed_currencies"},
    std::pair{Reason::by_operator, "by_operator"},
};

enum class Outcome : std::uint8_t { cancelled, confirmed };

/// How an order ended. Ordered by time first: of two endings that are told of one order, the greater counts.
struct Ending {
  WallTime at{};
  Outcome outcome = Outcome::cancelled;
  Reason reason = Reason::unspecified;  ///< of a cancelled one
  std::string currency{};               ///< of a confirmed one
  std::int64_t minor_units = 0;         ///< of a confirmed one

  friend auto operator<=>(const Ending&, const Ending&) = default;
};

/// What is known of an order.
struct Order {
  std::optional<WallTime> placed_at{};
  std::optional<Ending> ending{};

  friend bool operator==(const Order&, const Order&) = default;
};

/// What both say. In whatever order events come, and however often, joining them gives the same.
Order join(const Order& one, const Order& other);

/// The largest total that an order may have: sums of a batch of such stay far within 64 bits.
inline constexpr std::int64_t most_minor_units = 1'000'000'000'000'000;

/// Three capital letters.
bool is_currency(std::string_view text);

}  // namespace shop::analytics
