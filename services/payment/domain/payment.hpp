#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "waybill/base/uuid.hpp"

namespace shop::payment {

/// In the currency's minor unit, so that nobody rounds.
struct Money {
  std::int64_t minor_units = 0;
  std::string currency{};
  friend bool operator==(const Money&, const Money&) = default;
};

/// A larger charge is declined: the sum of nine million of the largest still fits 64 bits.
inline constexpr std::int64_t largest_amount = 1'000'000'000'000;

/// Three capital letters, as ISO 4217 has them; which of them are in use is not asked.
bool is_currency(std::string_view text);

/// The step of a saga that a command belongs to. There is one payment for each.
struct Reference {
  waybill::base::Uuid saga{};
  std::string step{};
  std::int64_t epoch = 0;
  friend auto operator<=>(const Reference&, const Reference&) = default;
};

enum class State : std::uint8_t {
  charged,
  declined,
  pending,     ///< the means of payment takes its time
  refunded,    ///< it was charged before
  called_off,  ///< it was pending before, and nothing was taken
  tombstone,   ///< the refund came before the charge, which will take nothing
};

enum class DeclineReason : std::uint8_t {
  insufficient_funds,
  means_refused,
  suspected_fraud,
  already_refunded,
};

struct Payment {
  waybill::base::Uuid id{};
  Reference reference{};
  waybill::base::Uuid order_id{};
  /// Not known of a tombstone, nor is the amount.
  std::optional<std::string> customer_id{};
  std::optional<Money> amount{};
  State state = State::pending;
  std::optional<DeclineReason> reason{};
  std::optional<std::string> explanation{};
  /// Where the answer of a pending charge goes, in its sender's notation; none in any other state.
  std::optional<std::string> reply_address{};
  friend bool operator==(const Payment&, const Payment&) = default;
};

}  // namespace shop::payment
