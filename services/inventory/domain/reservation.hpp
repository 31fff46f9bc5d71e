#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "domain/product.hpp"
#include "waybill/base/uuid.hpp"

namespace shop::inventory {

using waybill::base::Uuid;

/// The saga, step and epoch of the command that asks for goods. Whoever repeats it or takes it back names the
/// same.
struct Reference {
  Uuid saga;
  std::string step;
  std::int64_t epoch = 0;
  friend auto operator<=>(const Reference&, const Reference&) = default;
};

struct Line {
  std::string sku;
  std::uint32_t quantity = 0;
};

struct PricedLine {
  std::string sku;
  std::uint32_t quantity = 0;
  std::int64_t unit_price = 0;  ///< in the minor units of the reservation's currency
  friend bool operator==(const PricedLine&, const PricedLine&) = default;
};

/// A line that could not be had.
struct Shortage {
  std::string sku;
  std::uint32_t requested = 0;
  std::uint32_t available = 0;
  friend bool operator==(const Shortage&, const Shortage&) = default;
};

enum class Refusal : std::uint8_t { insufficient, unknown_sku, already_released, mixed_currencies };

/// What has become of a wish for goods.
enum class State : std::uint8_t {
  reserved,   ///< set aside; ends by being confirmed or released, and by nothing else
  confirmed,  ///< gone to whom they were set aside for
  released,   ///< given back
  refused,    ///< never set aside
  tombstone,  ///< released before it was asked for: it never will be
};

/// A wish for goods and its answer, kept so that a repeat gets the same answer.
struct Reservation {
  Uuid id;
  Reference reference;
  std::string order_id;
  State state = State::tombstone;
  std::vector<PricedLine> lines{};  ///< of what is or was set aside
  std::optional<std::string> currency{};
  std::optional<Refusal> refusal{};
  std::vector<Shortage> shortages{};
};

/// Nothing where it does not fit into 64 bits.
std::optional<std::int64_t> total_of(const std::vector<PricedLine>& lines);

}  // namespace shop::inventory
